package org.rlhfstreams.model.memory;

import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.training.MicroBatchSettings;

/**
 * The rule that what a pass keeps for its gradients is bounded in bytes, whatever the model: a
 * larger one is computed in smaller pieces. No result depends on it.
 */
public final class ActivationLimit {
  private static final long GRAPHS = 384L << 20;
  private static final long LOGITS = 128L << 20;
  private static final int FEWEST_HEAD_ROWS = 16;
  private static final int ROW = 256; // of which a token's share is counted

  private ActivationLimit() {}

  /**
   * The largest pieces, up to those of {@link MicroBatchSettings#DEFAULT}, that stay below it. A
   * sequence that is longer is taken alone all the same.
   *
   * @param checkpointLayers whether a layer's inner values are computed again
   */
  public static MicroBatchSettings fit(
      TransformerConfiguration configuration, TrainingMode mode, boolean checkpointLayers) {
    MicroBatchSettings most = MicroBatchSettings.DEFAULT.withCheckpointLayers(checkpointLayers);
    if (ComputeDevice.isGpu()) {
      return most; // it has memory of its own
    }
    int tokens = tokens(configuration, mode, checkpointLayers);
    long logit = mode.compute().bytes();
    long headRows = LOGITS / (logit * configuration.vocabularySize());
    return new MicroBatchSettings(
        Math.min(most.tokens(), tokens),
        Math.min(most.retainedTokens(), tokens),
        (int) Math.max(FEWEST_HEAD_ROWS, Math.min(headRows, most.headRows())),
        Math.min(most.keptLogits(), LOGITS / logit),
        most.sharePrompts(),
        checkpointLayers);
  }

  /** Of a model that is only computed with. */
  public static MicroBatchSettings fit(Decoder decoder) {
    return fit(decoder.configuration(), TrainingMode.full(decoder.type()), false);
  }

  private static int tokens(
      TransformerConfiguration configuration, TrainingMode mode, boolean checkpointLayers) {
    long layer = new LayerActivations(configuration, mode).bytes(1, ROW) / ROW;
    long states = (long) configuration.hiddenSize() * mode.compute().bytes();
    long token =
        checkpointLayers ? configuration.layers() * states + layer : configuration.layers() * layer;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, GRAPHS / token));
  }
}
