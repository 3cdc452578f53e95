package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
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
      description = "Of dpo: sigmoid, ipo, hinge, robust, …, or a sum such as sigmoid+0.2*sft.")
  private String loss;

  /** Configuration that follows. */
  public Map<String, String> settings(TrainingObjective objective, Path start) {
    Map<String, String> settings = new HashMap<>();
    settings.put("learner.objective", objective.text());
    settings.put(objective.trains().key(), start.toString());
    if (reference != null) {
      settings.put("model.reference", reference.toString());
    }
    if (smoothing != null) {
      settings.put("preference.label-smoothing", smoothing);
    }
    if (loss != null) {
      settings.put("preference.loss", loss);
    }
    return settings;
  }
}
