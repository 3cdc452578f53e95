package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.rlhfstreams.service.objective.TrainingObjective;
import picocli.CommandLine.Option;

/** What every training on prompts needs to know. */
public final class OnlineOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Policy to start from.")
  private Path model;

  @Option(
      names = "--reference-model",
      paramLabel = "DIR",
      description = "What the KL is measured against; the policy by default.")
  private Path reference;

  @Option(
      names = "--reward-model",
      required = true,
      paramLabel = "DIR",
      description = "Who scores.")
  private Path reward;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Prompts: JSONL with prompt strings, or text with a prompt a line; .gz too.")
  private Path data;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where model, metrics, checkpoints and log go.")
  private Path output;

  /** Configuration that follows from the options. */
  public Map<String, String> decided(TrainingObjective objective) {
    Map<String, String> decided = new HashMap<>();
    decided.put("learner.objective", objective.text());
    decided.put("model.policy", model.toString());
    decided.put("model.reward", reward.toString());
    if (reference != null) {
      decided.put("model.reference", reference.toString());
    }
    return decided;
  }

  /** Prompts. */
  public Path data() {
    return data;
  }

  /** Where everything goes. */
  public Path output() {
    return output;
  }
}
