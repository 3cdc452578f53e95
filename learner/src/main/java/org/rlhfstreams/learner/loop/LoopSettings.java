package org.rlhfstreams.learner.loop;

import java.util.OptionalLong;
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

  /** The learning rate's course, as a factor of the peak. */
  LearningRate learningRate(OptionalLong totalSteps) {
    return new LearningRate(
        1,
        configuration.schedule(),
        configuration.warmupSteps(),
        totalSteps.orElse(Long.MAX_VALUE));
  }
}
