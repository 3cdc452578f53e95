package org.rlhfstreams.learner.assembly;

import static org.rlhfstreams.service.objective.AuxiliaryModel.REFERENCE;
import static org.rlhfstreams.service.objective.AuxiliaryModel.VALUE_MODEL;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.LearnerLoad;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.model.memory.MemorySaving;
import org.rlhfstreams.model.memory.TrainingLoad;
import org.rlhfstreams.model.memory.TrainingMode;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;
import org.rlhfstreams.service.configuration.ValueModelKind;
import org.rlhfstreams.service.objective.ExampleKind;
import org.rlhfstreams.service.objective.TrainingObjective;
import org.rlhfstreams.service.weights.WireType;

/**
 * What a learner needs, from its settings and {@code config.json} alone: weights, gradients,
 * optimizer, activations, a value model or a reference where the objective has one, and the
 * versions that it publishes.
 */
public final class LearnerMemory {
  private static final int USUAL_ROW = 256; // rows are seldom as long as they may be

  private final RlhfConfiguration configuration;
  private final LearnerConfiguration settings;
  private final TrainingObjective objective;
  private final TransformerConfiguration trained;

  private LearnerMemory(RlhfConfiguration configuration, Path start) {
    this.configuration = configuration;
    this.settings = configuration.learner();
    this.objective = settings.objective();
    TransformerConfiguration architecture = ModelDirectory.readConfiguration(start);
    this.trained = objective.trainsRewardModel() ? architecture.asClassifier() : architecture;
  }

  /**
   * Predicts it.
   *
   * @param start directory of the model that is trained; weights may be missing
   */
  public static MemoryNeeds of(RlhfConfiguration configuration, Path start) {
    return new LearnerMemory(configuration, start).needs();
  }

  /**
   * Checks that the machine has as much, for a process with no other role.
   *
   * @param start directory of the model that is trained; weights may be missing
   * @throws org.rlhfstreams.model.ModelException if it has less
   */
  public static void require(RlhfConfiguration configuration, Path start) {
    MachineMemory.require(
        of(configuration, start),
        "training " + start,
        configuration.operations().memoryCheck().goesOn());
  }

  private MemoryNeeds needs() {
    LearnerLoad load = load(type(), adapters(), settings.gradientCheckpointing());
    List<MemorySaving> savings = new ArrayList<>();
    if (adapters().isEmpty()) {
      LowRankAdapters some = LowRankAdapters.ofRank(16, trained);
      savings.add(
          load.saving(
              "lora.rank = 16", load(type(), Optional.of(some), settings.gradientCheckpointing())));
    }
    if (!settings.gradientCheckpointing()) {
      savings.add(
          load.saving("learner.gradient-checkpointing = true", load(type(), adapters(), true)));
    }
    if (moments() == ComputeType.FLOAT32) {
      savings.add(
          load.saving(
              "learner.optimizer-state = bfloat16", load.withMoments(ComputeType.BFLOAT16)));
    }
    return load.needs("learner", savings);
  }

  private LearnerLoad load(
      ComputeType type, Optional<LowRankAdapters> adapters, boolean checkpointing) {
    TrainingMode mode = new TrainingMode(type, moments(), adapters, updates() > 1);
    MicroBatchSettings cut =
        TrainableModels.microBatches(settings, trained, mode).withCheckpointLayers(checkpointing);
    boolean pairs = objective.examples() == ExampleKind.PAIRS;
    return new LearnerLoad(
        trained,
        mode,
        new TrainingLoad(settings.batchSize() * (pairs ? 2 : 1), tokens(), cut),
        valueModel(),
        reference(adapters.isPresent()),
        versions());
  }

  /** STORED counts as AUTO: the weights whose type would tell need not be there yet. */
  private ComputeType type() {
    return switch (configuration.model().dtype()) {
      case FLOAT32 -> ComputeType.FLOAT32;
      case BFLOAT16 -> ComputeType.BFLOAT16;
      case AUTO, STORED -> ComputeType.automatic();
    };
  }

  private ComputeType moments() {
    return ComputeType.valueOf(settings.optimizerState().name());
  }

  private Optional<LowRankAdapters> adapters() {
    return configuration.lora().enabled()
        ? Optional.of(TrainableModels.adapters(configuration.lora(), trained))
        : Optional.empty();
  }

  private int updates() {
    if (!objective.learnsFromRollouts()) {
      return 1;
    }
    RolloutObjectiveConfiguration rollouts =
        objective == TrainingObjective.PPO ? configuration.ppo() : configuration.criticFree();
    return rollouts.epochs() * rollouts.miniBatches();
  }

  private int tokens() {
    int most = Math.min(settings.maxLength(), trained.maxPositions());
    return objective.learnsFromRollouts()
        ? Math.min(most, 2 * configuration.sampling().maxNewTokens())
        : Math.min(most, USUAL_ROW);
  }

  private Optional<TransformerConfiguration> valueModel() {
    boolean own =
        objective.needs(VALUE_MODEL) && configuration.ppo().valueModel() == ValueModelKind.SEPARATE;
    return own
        ? configuration.model().reward().map(ModelDirectory::readConfiguration)
        : Optional.empty();
  }

  /** Of objectives on files; those on rollouts get its log-probabilities with them. */
  private Optional<TransformerConfiguration> reference(boolean adapters) {
    boolean own = objective.needs(REFERENCE) && !objective.learnsFromRollouts();
    if (!own || (adapters && configuration.model().reference().isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        configuration.model().reference().map(ModelDirectory::readConfiguration).orElse(trained));
  }

  /** The one that leaves, and the one that the next is compared with. */
  private long versions() {
    int copies = configuration.weights().anchorEvery() > 1 ? 2 : 1;
    return copies * trained.parameters() * WireType.of(configuration.weights()).bytes();
  }
}
