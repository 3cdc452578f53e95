package org.rlhfstreams.cli.doctor;

import java.nio.file.Path;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.ValueModelKind;
import org.rlhfstreams.service.objective.AuxiliaryModel;
import org.rlhfstreams.service.weights.WireType;

/** What a training run writes, roughly, by its settings and {@code config.json} alone. */
final class RunDisk {
  /** Small records, metrics and the report. */
  static final long OTHERS = 1_000_000_000L;

  /** The last two, and the next one while it is written. */
  private static final int CHECKPOINTS = 3;

  /** Weights and AdamW's two moments in float32. */
  private static final int CHECKPOINT_BYTES = 12;

  /** Versions in the log, with those that the broker has not removed yet. */
  private static final int VERSIONS = 8;

  private static final int MODEL_BYTES = 4;

  private RunDisk() {}

  /**
   * Bytes at most; adapters count nothing.
   *
   * @param model the one that is trained
   * @throws org.rlhfstreams.model.ModelException if it cannot be read
   */
  static long bytes(RlhfConfiguration configuration, Path model) {
    long parameters = ModelDirectory.readConfiguration(model).parameters();
    boolean validated = !configuration.learner().objective().learnsFromRollouts();
    int kept = CHECKPOINTS + (validated ? 1 : 0); // the best one, if it is none of them
    long checkpoints = configuration.lora().enabled() ? 0 : (long) kept * CHECKPOINT_BYTES;
    long versions = (long) VERSIONS * WireType.of(configuration.weights()).bytes();
    return OTHERS + parameters * (trained(configuration) * checkpoints + versions + MODEL_BYTES);
  }

  /** Models in a checkpoint: PPO's value model is as large as the policy, roughly. */
  private static int trained(RlhfConfiguration configuration) {
    boolean value =
        configuration.learner().objective().needs(AuxiliaryModel.VALUE_MODEL)
            && configuration.ppo().valueModel() == ValueModelKind.SEPARATE;
    return value ? 2 : 1;
  }
}
