package org.rlhfstreams.learner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.rlhfstreams.model.architecture.ModelConfiguration;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.OptimizerSettings;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.service.configuration.LearnerConfiguration;

/** Loads models that are to be trained. */
public final class TrainableModels {
  private static final String SCORE = "score.weight";

  private final LearnerConfiguration settings;

  public TrainableModels(LearnerConfiguration settings) {
    this.settings = settings;
  }

  /** A language model. */
  public TrainableModel languageModel(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    return trainable(model.configuration(), Weights.read(model), false);
  }

  /** A language model with a scalar head for values behind its own tensors, all zeros at first. */
  public TrainableModel withValueHead(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    List<TensorSpecification> specifications = new ArrayList<>(model.expectedTensors());
    List<float[]> values = new ArrayList<>();
    specifications.forEach(tensor -> values.add(model.readTensor(tensor.name())));
    long hidden = model.configuration().hiddenSize();
    specifications.add(new TensorSpecification(SCORE, List.of(1L, hidden)));
    values.add(new float[(int) hidden]);
    return trainable(model.configuration(), Weights.of(specifications, values), true);
  }

  /**
   * A model with a score head: a reward model as it is, or a language model's body with a new head,
   * drawn with standard deviation 1/sqrt(hidden + 1) (Stiennon et al. 2020, appendix B.1).
   */
  public TrainableModel scorer(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    if (model.configuration().classifier()) {
      return trainable(model.configuration(), Weights.read(model), true);
    }
    ModelConfiguration configuration = model.configuration().asClassifier();
    List<TensorSpecification> specifications = ModelDirectory.expectedTensors(configuration);
    List<float[]> values = new ArrayList<>();
    for (TensorSpecification tensor : specifications) {
      values.add(
          tensor.name().equals(SCORE)
              ? newHead(configuration.hiddenSize())
              : model.readTensor(tensor.name()));
    }
    return trainable(configuration, Weights.of(specifications, values), true);
  }

  private float[] newHead(int hidden) {
    SplittableRandom random = new SplittableRandom(settings.seed());
    float[] head = new float[hidden];
    for (int i = 0; i < hidden; i++) {
      head[i] = (float) (random.nextGaussian() / Math.sqrt(hidden + 1.0));
    }
    return head;
  }

  private TrainableModel trainable(
      ModelConfiguration configuration, Weights weights, boolean scalarHead) {
    MicroBatchSettings defaults = MicroBatchSettings.DEFAULT;
    return new TrainableModel(
        new Decoder(configuration),
        weights,
        scalarHead,
        new OptimizerSettings(
            settings.adamBeta1(),
            settings.adamBeta2(),
            settings.adamEpsilon(),
            settings.weightDecay(),
            settings.maxGradNorm()),
        defaults.withTokens(settings.microBatchTokens(), defaults.retainedTokens()));
  }
}
