package org.rlhfstreams.worker.remote;

import java.util.Optional;
import org.rlhfstreams.service.weights.WeightLease;

/** Proves that an engine computes with the weights that it was given. One thread. */
interface WeightProof extends AutoCloseable {
  /**
   * Takes the weights that are to be proven from here on.
   *
   * @throws org.rlhfstreams.model.ModelException if they cannot be computed with; nothing has
   *     changed then
   */
  void take(WeightLease weights);

  /** What the engine is to draw. */
  DrawRequest question(String id, String label);

  /** What differs from the weights taken last, if more does than rounding; any thread. */
  Optional<String> difference(EngineDraw drawn);

  @Override
  void close();
}
