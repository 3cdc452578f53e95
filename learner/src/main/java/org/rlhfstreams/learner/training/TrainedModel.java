package org.rlhfstreams.learner.training;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.torchscript.NativeHeap;

/**
 * A copy of a model as others use it; whoever asked for it closes it.
 *
 * @param weights its tensors, in the order that its configuration gives them
 * @param adapters where those alone were trained
 */
public record TrainedModel(
    TransformerConfiguration configuration, Weights weights, Optional<Adapters> adapters)
    implements AutoCloseable {

  /**
   * The adapters that are merged into the weights.
   *
   * @param values their tensors, in the order that they are described in
   */
  public record Adapters(LowRankAdapters description, List<float[]> values) {}

  /** Its memory goes back at once: a step that is being learned has no use for its gaps. */
  @Override
  public void close() {
    weights.close();
    NativeHeap.release();
  }
}
