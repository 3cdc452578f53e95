package org.rlhfstreams.service.weights;

import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.events.WeightVersion;

/** A whole, verified version, which stays as it is until this is closed. */
public interface WeightLease extends TensorBytes, AutoCloseable {
  /** Which version it is. */
  WeightVersion version();

  @Override
  void close();
}
