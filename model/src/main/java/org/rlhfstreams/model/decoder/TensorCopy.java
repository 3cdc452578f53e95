package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.torchscript.TorchRuntime;

/** Overwrites tensors in place. */
public final class TensorCopy {
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
                tensor.set(new NDIndex(":"), scope.create(values, tensor.getShape()));
              }
              return true;
            });
  }
}
