package org.rlhfstreams.learner.loop;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.checkpoint.RunKind;
import org.rlhfstreams.learner.schedule.LearningRate;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.configuration.LearnerConfiguration;

/**
 * How a learner's loop runs.
 *
 * @param identity its names and the generation of its weights
 * @param family architecture of the weights
 * @param weights where versions go
 * @param publishEveryStep true publishes weights each step; false with each checkpoint
 */
public record LoopSettings(
    RunIdentity identity,
    String family,
    Topic weights,
    boolean publishEveryStep,
    LearnerConfiguration configuration) {

  /**
   * What the log is told of the run.
   *
   * @param version that it goes on from
   * @param samplesLearnedTogether responses to a request that count only together, 1 or more
   * @param staleness steps that a response may be behind
   */
  RunStatement statement(WeightVersion version, int samplesLearnedTogether, double staleness) {
    boolean fromRollouts =
        identity.kind() == RunKind.FIRST_RUN && configuration.objective().learnsFromRollouts();
    return RunStatement.newBuilder()
        .setRunId(identity.runId())
        .setObjective(identity.objective())
        .setFirstVersion(version)
        .setLearnsFromRollouts(fromRollouts)
        .setBatchSize(configuration.batchSize())
        .setSamplesLearnedTogether(samplesLearnedTogether)
        .setStaleness(staleness)
        .setMaxSteps(configuration.maxSteps())
        .setEvaluateEvery(fromRollouts ? configuration.evaluateEvery() : 0)
        .setStatedAt(Instant.now())
        .build();
  }

  /**
   * What the log is told of a step.
   *
   * @param version after it
   * @param learned ids of what it learned from
   * @param heldOut ids of what was read for it and held out
   */
  StepMetrics metrics(
      WeightVersion version,
      Map<String, Double> values,
      List<String> learned,
      List<String> heldOut) {
    return StepMetrics.newBuilder()
        .setRunId(identity.runId())
        .setObjective(identity.objective())
        .setVersion(version)
        .setValues(values)
        .setRolloutIds(learned)
        .setHeldOutIds(heldOut)
        .setMeasuredAt(Instant.now())
        .build();
  }

  /** The learning rate's course, as a factor of the peak. */
  LearningRate learningRate(OptionalLong totalSteps) {
    long steps = totalSteps.orElse(Long.MAX_VALUE);
    return new LearningRate(1, configuration.schedule(), configuration.warmupStepsOf(steps), steps);
  }
}
