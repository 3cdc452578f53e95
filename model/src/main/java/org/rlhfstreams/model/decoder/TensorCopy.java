package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.torchscript.TorchRuntime;

/** Overwrites tensors in place. */
public final class TensorCopy {
  private static final int PIECE = 1 << 20;

  // One for all copies: memory outside the heap comes back only when the collector finds time.
  private static final ThreadLocal<ByteBuffer> STAGE =
      ThreadLocal.withInitial(
          () -> ByteBuffer.allocateDirect(Float.BYTES * PIECE).order(ByteOrder.nativeOrder()));

  private TensorCopy() {}

  /**
   * Copies values into a tensor's own memory, also where the tensor takes part in training: {@code
   * NDArray.set} would make it point at a buffer that Java may free.
   *
   * @param values row-major, of the tensor's size
   */
  public static void into(NDArray tensor, float[] values) {
    boolean unused =
        ComputeThread.call(
            () -> {
              TorchRuntime.withoutGradients();
              try (NDManager scope = tensor.getManager().newSubManager()) {
                NDArray flat = tensor.reshape(values.length);
                flat.attach(scope);
                for (int from = 0; from < values.length; from += PIECE) {
                  int length = Math.min(PIECE, values.length - from);
                  flat.set(
                      new NDIndex("{}:{}", from, from + length),
                      staged(scope, values, from, length));
                }
              }
              return true;
            });
  }

  private static NDArray staged(NDManager scope, float[] values, int from, int length) {
    ByteBuffer stage = STAGE.get().clear();
    stage.asFloatBuffer().put(values, from, length);
    return scope.create(stage.limit(Float.BYTES * length), new Shape(length), DataType.FLOAT32);
  }
}
