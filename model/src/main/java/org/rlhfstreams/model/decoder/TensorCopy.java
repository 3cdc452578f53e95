package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.rlhfstreams.model.torchscript.ComputeDevice;

/** Overwrites tensors in place. */
public final class TensorCopy {
  private static final int PIECE = 1 << 20;

  // One for all copies: memory outside the heap comes back only when the collector finds time.
  private static final ThreadLocal<ByteBuffer> STAGE =
      ThreadLocal.withInitial(
          () -> ByteBuffer.allocateDirect(Float.BYTES * PIECE).order(ByteOrder.nativeOrder()));

  private TensorCopy() {}

  /**
   * Copies values into a tensor's own memory, rounded to its type, also where the tensor takes part
   * in training: {@code NDArray.set} would make it point at a buffer that Java may free.
   *
   * @param values row-major, of the tensor's size
   */
  public static void into(NDArray tensor, float[] values) {
    ByteBuffer stage = STAGE.get();
    try (NDManager scope = ComputeDevice.newHostManager()) {
      for (int start = 0; start < values.length; start += PIECE) {
        int count = Math.min(PIECE, values.length - start);
        stage.clear().asFloatBuffer().put(values, start, count);
        NDArray part =
            scope.create(
                stage.duplicate().limit(Float.BYTES * count), new Shape(count), DataType.FLOAT32);
        ConversionScript.run("fill_part", scope, tensor, scope.create((long) start), part);
      }
    }
  }
}
