package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.objective.TrainingObjective;
import picocli.CommandLine.Option;

/** What training a policy on preferences needs to know beside its files. */
public final class PairOptions {
  @Option(
      names = "--reference-model",
      paramLabel = "DIR",
      description = "What the policy is held to; where it starts by default.")
  private Path reference;

  @Option(names = "--label-smoothing", paramLabel = "X", description = "Share of wrong labels.")
  private String smoothing;

  @Option(
      names = "--loss-type",
      paramLabel = "LOSS",
      description =
          "Of dpo and cpo: sigmoid, ipo, hinge, robust, …, or a sum such as sigmoid+0.2*sft.")
  private String loss;

  /** Configuration that follows. */
  public Overrides overrides(TrainingObjective objective, Path start) {
    Overrides overrides =
        Overrides.NONE
            .decide("learner.objective", objective.text())
            .decide(objective.trains().key(), start);
    if (reference != null) {
      overrides = overrides.decide("model.reference", reference);
    }
    if (smoothing != null) {
      overrides = overrides.decide("preference.label-smoothing", smoothing);
    }
    if (loss != null) {
      overrides = overrides.decide("preference.loss", loss);
    }
    return overrides;
  }
}
