package org.rlhfstreams.service.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.rlhfstreams.service.objective.TrainingObjective;

/** The learner: optimizer, batches and checkpoints, whatever the objective. */
public record LearnerConfiguration(
    @Setting(value = "ppo", description = "What is optimised: a name that rlhf train --help lists.")
        TrainingObjective objective,
    @Setting(value = "1e-5", range = "[0, inf)", description = "Peak learning rate of the policy.")
        double learningRate,
    @Setting(
            range = "[0, inf)",
            description = "Peak learning rate of the value model; learning-rate when not set.")
        OptionalDouble valueLearningRate,
    @Setting(
            value = "32",
            range = "[1, inf)",
            description = "Rollouts, pairs or texts per optimizer step.")
        int batchSize,
    @Setting(
            range = "[1, inf)",
            description =
                "Tokens whose activations are in memory at a time, which changes no result; when not"
                    + " set as many as take 400 MB, 4096 at most.")
        OptionalInt microBatchTokens,
    @Setting(
            range = "[1, inf)",
            description =
                "The same by rows of max-length tokens: so many have activations in memory at a time,"
                    + " and more if they are shorter. Changes no result.")
        OptionalInt microBatchSize,
    @Setting(
            range = "[1, inf)",
            description =
                "The same by parts: a step's batch-size rows are computed in so many micro-batches if"
                    + " all have max-length tokens, in fewer if they are shorter. batch-size is the"
                    + " whole and is not multiplied. Changes no result.")
        OptionalInt gradientAccumulationSteps,
    @Setting(
            value = "false",
            description =
                "Compute a layer's inner values again for the gradients instead of keeping them.")
        boolean gradientCheckpointing,
    @Setting(
            value = "true",
            description = "Read a long prompt once for all rows of a batch that have it.")
        boolean sharePrompts,
    @Setting(
            range = "[1, inf)",
            description =
                "Passes over offline data; when not set 1, or as many as max-steps takes. ppo.epochs"
                    + " is for rollouts.")
        OptionalInt epochs,
    @Setting(
            value = "0",
            range = "[0, inf)",
            description = "Steps after which the run ends; 0 is all the data, or until stopped.")
        long maxSteps,
    @Setting(
            value = "1024",
            range = "[2, inf)",
            description = "Tokens of prompt and response; what is beyond is cut off offline data.")
        int maxLength,
    @Setting(
            value = "keep-start",
            description = "What is kept of a longer row: keep-start or keep-end.")
        Truncation truncation,
    @Setting(
            value = "true",
            description =
                "Visit the rows of offline data in another order in each epoch; else in theirs.")
        boolean shuffle,
    @Setting(
            value = "false",
            description =
                "Learn of conversations, with sft, what the chat template marks as the assistant's.")
        boolean assistantOnlyLoss,
    @Setting(value = "10", range = "[1, inf)", description = "Steps between two checkpoints.")
        int checkpointEvery,
    @Setting(
            value = "1",
            range = "[1, inf)",
            description =
                "Steps between two lines of progress; metrics.jsonl has every step whatever it is.")
        int loggingSteps,
    @Setting(value = "checkpoints", description = "Where checkpoints are kept.")
        Path checkpointDirectory,
    @Setting(value = "output", description = "Where the model and metrics.jsonl are written.")
        Path output,
    @Setting(value = "0", description = "Seed of initialisation and of the order of rows.")
        long seed,
    @Setting(
            value = "1.0",
            range = "(0, inf)",
            description = "Gradients with a larger norm are scaled down to it.")
        double maxGradNorm,
    @Setting(value = "0.0", range = "[0, inf)", description = "Decoupled weight decay of AdamW.")
        double weightDecay,
    @Setting(
            value = "0.9",
            range = "[0, 1)",
            description = "Decay of the mean of gradients in AdamW.")
        double adamBeta1,
    @Setting(
            range = "[0, 1)",
            description =
                "Decay of the mean of squared gradients in AdamW; when not set 0.95 on rollouts and"
                    + " 0.999 on offline data.")
        OptionalDouble adamBeta2,
    @Setting(
            value = "1e-8",
            range = "(0, inf)",
            description = "Added to the root of squared gradients in AdamW.")
        double adamEpsilon,
    @Setting(
            value = "float32",
            description = "What AdamW keeps its two moments in: float32, or bfloat16 for half.")
        OptimizerStateType optimizerState,
    @Setting(
            value = "0",
            range = "[0, inf)",
            description = "Steps in which the learning rate rises from 0 to its peak.")
        int warmupSteps,
    @Setting(
            value = "0.0",
            range = "[0, 1)",
            description = "Share of all steps in which it rises, in place of warmup-steps.")
        double warmupRatio,
    @Setting(
            value = "constant",
            description = "Learning rate after the warm-up: constant, linear or cosine.")
        LearningRateSchedule schedule,
    @Setting(
            value = "0",
            range = "[0, inf)",
            description =
                "Steps between two evaluations, on rows for validation or, of a run that learns from"
                    + " rollouts, on held-out prompts; 0 evaluates at the end alone, and rollouts"
                    + " never.")
        int evaluateEvery,
    @Setting(
            value = "2m",
            description =
                "How long a further answer to held-out prompts is waited for; then the evaluation is"
                    + " of those that have come.")
        Duration evaluationPatience,
    @Setting(
            value = "0.0",
            range = "[0, 1)",
            description =
                "Share of the rows that is not learned from but evaluated on; seed and id choose it.")
        double validationShare,
    @Setting(
            value = "loss",
            description = "What tells which evaluation is best: loss, accuracy or margin.")
        ValidationMetric validationMetric,
    @Setting(
            value = "0",
            range = "[0, inf)",
            description = "Evaluations without a better one after which the run ends; 0 goes on.")
        int earlyStopPatience,
    @Setting(
            value = "0.0",
            range = "[0, inf)",
            description = "By how much an evaluation has to be better for the run to go on.")
        double earlyStopDelta,
    @Setting(
            value = "continue",
            description =
                "After a step whose loss or gradients are not finite, which changes nothing: continue"
                    + " or stop.")
        OnNonFinite onNonFinite,
    @Setting(
            value = "none",
            description =
                "Scores of rollouts as the objective sees them: none leaves them as they are,"
                    + " per-version measures each by its reward model's version.")
        ScoreNormalisationKind scoreNormalisation,
    @Setting(
            value = "0",
            range = "[0, 65535]",
            description = "Port of health and metrics; 0 takes a free one.")
        int httpPort) {

  /** Refuses a schedule that needs an end where the run has none, and idle settings. */
  public LearnerConfiguration {
    if (objective.learnsFromRollouts()
        && schedule != LearningRateSchedule.CONSTANT
        && maxSteps == 0) {
      throw new ConfigurationException(
          "learner.schedule = "
              + ValueParser.printed(schedule)
              + " falls to 0 at the last step, but learner.max-steps is 0 (no end):"
              + " set learner.max-steps or learner.schedule = constant");
    }
    if (warmupRatio > 0 && warmupSteps > 0) {
      throw new ConfigurationException(
          "learner.warmup-ratio = "
              + warmupRatio
              + " and learner.warmup-steps = "
              + warmupSteps
              + " both say how long the learning rate rises: leave one out");
    }
    if (objective.learnsFromRollouts() && warmupRatio > 0 && maxSteps == 0) {
      throw new ConfigurationException(
          "learner.warmup-ratio = "
              + warmupRatio
              + " is a share of all steps, but learner.max-steps is 0 (no end):"
              + " set learner.max-steps or learner.warmup-steps");
    }
    requireOneMicroBatch(batchSize, microBatchTokens, microBatchSize, gradientAccumulationSteps);
    if (objective.learnsFromRollouts() && validationShare > 0) {
      throw new ConfigurationException(
          "learner.validation-share is for objectives on preferences; rollouts are learned as they"
              + " come: leave it out, and evaluate on held-out prompts (--evaluation-prompts)");
    }
    if (objective.learnsFromRollouts() && !shuffle) {
      throw new ConfigurationException(
          "learner.shuffle = false is for objectives on preferences; rollouts are learned as they"
              + " come: leave it out");
    }
    if (objective != TrainingObjective.SFT && assistantOnlyLoss) {
      throw new ConfigurationException(
          "learner.assistant-only-loss is for sft; "
              + objective.text()
              + " learns whole responses: leave it out");
    }
    if (earlyStopPatience > 0 && evaluateEvery == 0) {
      throw new ConfigurationException(
          "learner.early-stop-patience = "
              + earlyStopPatience
              + " counts evaluations, but learner.evaluate-every is 0 (at the end alone):"
              + " set learner.evaluate-every, or learner.early-stop-patience = 0");
    }
    if (!objective.examples().judged() && validationMetric != ValidationMetric.LOSS) {
      throw new ConfigurationException(
          "learner.validation-metric = "
              + ValueParser.printed(validationMetric)
              + " compares two responses, which "
              + objective.text()
              + " does not have: set it to loss");
    }
  }

  private static void requireOneMicroBatch(
      int batchSize, OptionalInt tokens, OptionalInt rows, OptionalInt parts) {
    if (tokens.isPresent() && (rows.isPresent() || parts.isPresent())) {
      throw new ConfigurationException(
          "learner.micro-batch-tokens and learner."
              + (rows.isPresent() ? "micro-batch-size" : "gradient-accumulation-steps")
              + " both say how much is in memory at a time: leave one out");
    }
    if (parts.isEmpty()) {
      return;
    }
    int steps = parts.getAsInt();
    if (rows.isPresent() && (long) rows.getAsInt() * steps != batchSize) {
      long product = (long) rows.getAsInt() * steps;
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "learner.micro-batch-size = %d times learner.gradient-accumulation-steps = %d is %d,"
                  + " but learner.batch-size, the rows of one optimizer step, is %d: set it to %d, or"
                  + " leave one of the three out",
              rows.getAsInt(),
              steps,
              product,
              batchSize,
              product));
    }
    if (batchSize % steps != 0) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "learner.batch-size = %d, the rows of one optimizer step, does not divide into"
                  + " learner.gradient-accumulation-steps = %d equal parts; it is not multiplied by"
                  + " them: change one of them",
              batchSize,
              steps));
    }
  }

  /**
   * Tokens whose activations are in memory at a time, by whichever setting says so; empty if none
   * does.
   */
  public OptionalInt microBatchTokensOrRows() {
    if (microBatchTokens.isPresent()) {
      return microBatchTokens;
    }
    if (microBatchSize.isPresent()) {
      return OptionalInt.of(tokensOf(microBatchSize.getAsInt()));
    }
    return gradientAccumulationSteps.isPresent()
        ? OptionalInt.of(tokensOf(batchSize / gradientAccumulationSteps.getAsInt()))
        : OptionalInt.empty();
  }

  private int tokensOf(int rows) {
    return (int) Math.min(Integer.MAX_VALUE, (long) rows * maxLength);
  }

  /**
   * Steps in which the learning rate rises.
   *
   * @param totalSteps of the run; not used without a {@code warmup-ratio}
   */
  public long warmupStepsOf(long totalSteps) {
    return warmupRatio > 0 ? (long) Math.ceil(warmupRatio * totalSteps) : warmupSteps;
  }

  /** Decay of the mean of squared gradients. */
  public double adamBeta2OrDefault() {
    return adamBeta2.orElse(objective.learnsFromRollouts() ? 0.95 : 0.999);
  }

  /** Passes over offline data; without an end where {@code max-steps} gives one. */
  public int epochsOrDefault() {
    return epochs.orElse(maxSteps > 0 ? Integer.MAX_VALUE : 1);
  }

  /** Peak learning rate of the value model. */
  public double valueLearningRateOrDefault() {
    return valueLearningRate.orElse(learningRate);
  }
}
