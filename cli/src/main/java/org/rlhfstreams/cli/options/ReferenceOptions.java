package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import org.rlhfstreams.service.configuration.Overrides;
import picocli.CommandLine.Option;

/** The reference of a policy that is trained on preferences. */
public final class ReferenceOptions {
  @Option(
      names = "--reference-model",
      paramLabel = "DIR",
      description =
          "The reference that the policy is held to. Without it: what the policy starts from.")
  private Path reference;

  /** Configuration that follows. */
  public Overrides overrides() {
    return reference == null ? Overrides.NONE : Overrides.NONE.decide("model.reference", reference);
  }
}
