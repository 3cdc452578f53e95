package org.rlhfstreams.learner.assembly;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.rlhfstreams.learner.reference.KeptReference;
import org.rlhfstreams.learner.reference.ReferenceDigest;
import org.rlhfstreams.learner.reference.ReferenceLogProbabilities;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/**
 * What a trainer is made from.
 *
 * @param reference log-probabilities of the reference; the trainer that takes them closes them
 */
public record TrainerResources(
    RlhfConfiguration configuration,
    TrainableModels models,
    Supplier<ReferenceLogProbabilities> reference) {

  /** The models that are configured, with a reference whose results are kept in the output. */
  public static TrainerResources of(RlhfConfiguration configuration) {
    TrainableModels models = new TrainableModels(configuration);
    return new TrainerResources(configuration, models, () -> keptReference(configuration, models));
  }

  private static ReferenceLogProbabilities keptReference(
      RlhfConfiguration configuration, TrainableModels models) {
    Path directory = configuration.model().referenceOrPolicy();
    String digest = ReferenceDigest.of(directory, configuration.model().dtype().name());
    return new KeptReference(
        configuration.learner().output().resolve("reference-log-probabilities").resolve(digest),
        () -> models.reference(directory));
  }

  /** The directory that training starts from. */
  public Path start() {
    return configuration.model().required(learner().objective().trains());
  }

  /** Tokens that a row may have: as configured, and as the model has positions for. */
  public int longestRow() {
    return Math.min(
        learner().maxLength(), ModelDirectory.readConfiguration(start()).maxPositions());
  }

  /** The policy to train. */
  TrainableModel policy() {
    return models.languageModel(start());
  }

  /** The settings of every trainer. */
  LearnerConfiguration learner() {
    return configuration.learner();
  }
}
