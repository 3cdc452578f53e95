package org.rlhfstreams.learner.assembly;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.ActivationLimit;
import org.rlhfstreams.model.memory.TrainingMode;
import org.rlhfstreams.model.training.FrozenModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.OptimizerSettings;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.LoraConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** Loads models that are to be trained. */
public final class TrainableModels {
  private static final String SCORE = "score.weight";

  private final RlhfConfiguration configuration;
  private final LearnerConfiguration settings;

  public TrainableModels(RlhfConfiguration configuration) {
    this.configuration = configuration;
    this.settings = configuration.learner();
  }

  /** A language model, with adapters where they are configured. */
  public TrainableModel languageModel(Path directory) {
    return languageModel(ModelDirectory.open(directory), List.of());
  }

  /** A language model with a scalar head for values behind its own tensors, all zeros at first. */
  public TrainableModel withValueHead(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    long hidden = model.configuration().hiddenSize();
    return languageModel(model, List.of(new TensorSpecification(SCORE, List.of(1L, hidden))));
  }

  private TrainableModel languageModel(ModelDirectory model, List<TensorSpecification> heads) {
    if (configuration.lora().enabled()) {
      return withAdapters(model, heads);
    }
    List<TensorSpecification> specifications = new ArrayList<>(model.expectedTensors());
    specifications.addAll(heads);
    Map<String, float[]> zeros = new HashMap<>();
    heads.forEach(head -> zeros.put(head.name(), new float[Math.toIntExact(head.size())]));
    return trainable(
        model,
        model.configuration(),
        Weights.read(model, specifications, zeros, ComputeType.FLOAT32),
        !heads.isEmpty());
  }

  private TrainableModel withAdapters(ModelDirectory model, List<TensorSpecification> heads) {
    LowRankAdapters adapters = adapters(configuration.lora(), model.configuration());
    ComputeType type = type(model);
    return TrainableModel.withAdapters(
        new Decoder(model.configuration(), type, Optional.of(adapters)),
        Weights.read(model, type),
        Weights.initialAdapters(adapters, model.configuration(), heads, settings.seed()),
        !heads.isEmpty(),
        optimizer(),
        microBatches(settings, model.configuration(), TrainingMode.lora(type, adapters)));
  }

  /** The adapters that are configured for an architecture. */
  static LowRankAdapters adapters(LoraConfiguration lora, TransformerConfiguration architecture) {
    Set<String> targets =
        lora.targetModules().isEmpty()
            ? architecture.architecture().defaultAdapterTargets()
            : Set.copyOf(lora.targetModules());
    return new LowRankAdapters(lora.rank(), lora.alpha(), targets, false);
  }

  /**
   * A model with a score head: a reward model as it is, or a language model's body with a new head,
   * drawn with standard deviation 1/sqrt(hidden + 1) (Stiennon et al. 2020, appendix B.1).
   */
  public TrainableModel scorer(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    if (model.configuration().classifier()) {
      return trainable(model, model.configuration(), Weights.read(model), true);
    }
    TransformerConfiguration classifier = model.configuration().asClassifier();
    Map<String, float[]> head = Map.of(SCORE, newHead(classifier.hiddenSize()));
    return trainable(
        model,
        classifier,
        Weights.read(model, classifier.tensors(), head, ComputeType.FLOAT32),
        true);
  }

  private float[] newHead(int hidden) {
    SplittableRandom random = new SplittableRandom(settings.seed());
    float[] head = new float[hidden];
    for (int i = 0; i < hidden; i++) {
      head[i] = (float) (random.nextGaussian() / Math.sqrt(hidden + 1.0));
    }
    return head;
  }

  /** The reference that the policy is held to, frozen. */
  public FrozenModel reference(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    ComputeType type = type(model);
    return new FrozenModel(
        new Decoder(model.configuration(), type),
        Weights.read(model, type),
        microBatches(settings, model.configuration(), TrainingMode.full(type)));
  }

  private TrainableModel trainable(
      ModelDirectory model,
      TransformerConfiguration architecture,
      Weights weights,
      boolean scalarHead) {
    ComputeType type = type(model);
    return new TrainableModel(
        new Decoder(architecture, type),
        weights,
        scalarHead,
        optimizer(),
        microBatches(settings, architecture, TrainingMode.full(type)));
  }

  private ComputeType type(ModelDirectory model) {
    return ComputeType.named(configuration.model().dtype().name(), model);
  }

  private OptimizerSettings optimizer() {
    return new OptimizerSettings(
        settings.adamBeta1(),
        settings.adamBeta2OrDefault(),
        settings.adamEpsilon(),
        settings.weightDecay(),
        settings.maxGradNorm(),
        ComputeType.valueOf(settings.optimizerState().name()));
  }

  /** Pieces of passes with gradients; a setting decides, and where it is not set, the size. */
  static MicroBatchSettings microBatches(
      LearnerConfiguration settings, TransformerConfiguration architecture, TrainingMode mode) {
    MicroBatchSettings fitting =
        ActivationLimit.fit(architecture, mode, settings.gradientCheckpointing());
    int tokens = settings.microBatchTokensOrRows().orElse(fitting.tokens());
    return new MicroBatchSettings(
        tokens,
        Math.max(
            fitting.retainedTokens(),
            Math.min(tokens, MicroBatchSettings.DEFAULT.retainedTokens())),
        fitting.headRows(),
        fitting.keptLogits(),
        settings.sharePrompts(),
        settings.gradientCheckpointing());
  }
}
