package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.objective.TrainingObjective;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every training on prompts needs to know. */
public final class OnlineOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face directory of the policy to start from.")
  private Path model;

  @Option(
      names = "--reference-model",
      paramLabel = "DIR",
      description =
          "What the KL is measured against, the teacher of distillation; the policy by default.")
  private Path reference;

  @Option(
      names = "--reward-model",
      paramLabel = "DIR",
      description =
          "Reward model: a sequence-classification directory with the policy's tokenizer. Not needed"
              + " if rewards in the configuration name none, nor by distillation.")
  private Path reward;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      arity = "1..*",
      description =
          DataPaths.PROMPTS_HELP + " A run that goes on needs none: OUTPUT/log has its prompts.")
  private List<String> data = List.of();

  @Mixin private DataOptions reading;
  @Mixin private HeldOutOptions heldOut;

  private Optional<PromptDataset> prompts = Optional.empty();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where model, metrics, checkpoints and log go.")
  private Path output;

  /** Configuration that follows from the options. */
  public Overrides overrides(TrainingObjective objective) {
    Overrides overrides =
        Overrides.NONE.decide("learner.objective", objective.text()).decide("model.policy", model);
    if (reward != null) {
      overrides = overrides.decide("model.reward", reward);
    }
    return reference == null ? overrides : overrides.decide("model.reference", reference);
  }

  /**
   * Prompts; empty if no file is named.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a file does not exist
   */
  public Optional<PromptDataset> data() {
    if (prompts.isEmpty() && !data.isEmpty()) {
      prompts = Optional.of(reading.prompts(data)); // standard input can only be read once
    }
    return prompts;
  }

  /**
   * Held-out prompts; empty if no file is named.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a file does not exist, or nothing
   *     evaluates
   */
  public Optional<PromptDataset> heldOut(RlhfConfiguration configuration) {
    return heldOut.prompts(configuration);
  }

  /** Whether bad rows stop the run. */
  public boolean strict() {
    return reading.strict();
  }

  /** Where everything goes. */
  public Path output() {
    return output;
  }
}
