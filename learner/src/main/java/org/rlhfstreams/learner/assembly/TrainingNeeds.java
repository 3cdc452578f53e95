package org.rlhfstreams.learner.assembly;

import java.nio.file.Path;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.memory.TrainingLoad;
import org.rlhfstreams.model.memory.TrainingMemory;
import org.rlhfstreams.model.memory.TrainingMode;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.service.configuration.Dtype;
import org.rlhfstreams.service.configuration.OptimizerStateType;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/**
 * The rule that a training fits into the machine: weights, gradients, optimizer and one row with
 * everything recomputed that can be. More rows at once, a reference and a reward model need more;
 * what does not even fit so need not be tried.
 */
public final class TrainingNeeds {
  private TrainingNeeds() {}

  /**
   * Checks it, by {@code config.json} alone.
   *
   * @param start directory of the model that is trained; weights may be missing
   * @throws org.rlhfstreams.model.ModelException if the machine has less memory
   */
  public static void require(RlhfConfiguration configuration, Path start) {
    TransformerConfiguration architecture = ModelDirectory.readConfiguration(start);
    TrainingLoad load =
        new TrainingLoad(
            1,
            Math.min(configuration.learner().maxLength(), architecture.maxPositions()),
            MicroBatchSettings.DEFAULT.withCheckpointLayers(true));
    MachineMemory.require(
        TrainingMemory.of(architecture, 0, mode(configuration, architecture), load),
        "training " + start,
        "train adapters alone (lora.rank), use learner.optimizer-state = bfloat16, a smaller model"
            + " or a larger machine");
  }

  private static TrainingMode mode(
      RlhfConfiguration configuration, TransformerConfiguration architecture) {
    ComputeType type =
        configuration.model().dtype() == Dtype.FLOAT32 ? ComputeType.FLOAT32 : ComputeType.BFLOAT16;
    TrainingMode mode =
        configuration.lora().enabled()
            ? TrainingMode.lora(type, TrainableModels.adapters(configuration.lora(), architecture))
            : TrainingMode.full(type);
    return configuration.learner().optimizerState() == OptimizerStateType.BFLOAT16
        ? mode.withMoments(ComputeType.BFLOAT16)
        : mode;
  }
}
