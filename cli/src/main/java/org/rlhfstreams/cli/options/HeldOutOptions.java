package org.rlhfstreams.cli.options;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import picocli.CommandLine.Option;

/** The prompts that a run which learns from rollouts is evaluated on. */
public final class HeldOutOptions {
  @Option(
      names = "--evaluation-prompts",
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "Held-out prompts: every --evaluate-every steps the policy answers them, and the answers"
              + " are scored and not learned from.")
  private List<String> files = List.of();

  /**
   * The prompts; empty if no file is named.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a file does not exist
   * @throws ConfigurationException if they are given and nothing evaluates
   */
  public Optional<PromptDataset> prompts(RlhfConfiguration configuration) {
    if (files.isEmpty()) {
      return Optional.empty();
    }
    if (configuration.learner().evaluateEvery() == 0) {
      throw new ConfigurationException(
          "--evaluation-prompts is given, but learner.evaluate-every is 0 (never): set"
              + " --evaluate-every to the steps between two evaluations");
    }
    return Optional.of(
        new PromptDataset(DataPaths.of(files, System.in), Map.of())
            .requiring(configuration.admission().metadata())
            .heldOut());
  }
}
