package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import org.rlhfstreams.model.torchscript.ComputeThread;

/** The element type that weights are held in and matrices are multiplied in. */
public enum ComputeType {
  FLOAT32(DataType.FLOAT32),
  BFLOAT16(DataType.BFLOAT16);

  private final DataType dataType;

  ComputeType(DataType dataType) {
    this.dataType = dataType;
  }

  /** As the tensor engine calls it. */
  public DataType dataType() {
    return dataType;
  }

  /** Bytes an element takes. */
  public int bytes() {
    return dataType.getNumOfBytes();
  }

  /**
   * The tensor itself where it is of this type already; otherwise a copy, and the tensor closes.
   */
  NDArray cast(NDArray tensor) {
    if (tensor.getDataType() == dataType) {
      return tensor;
    }
    NDArray cast = ComputeThread.call(() -> tensor.toType(dataType, true));
    tensor.close();
    return cast;
  }
}
