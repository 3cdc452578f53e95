package org.rlhfstreams.model.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/**
 * A list of tensors that is handed over to native code once, for any number of calls. It shares the
 * tensors' memory, also after they are closed.
 */
public final class BoundTensors implements InferenceArgument, AutoCloseable {
  private final IValue list;

  public BoundTensors(List<NDArray> tensors) {
    this.list = IValue.listFrom(tensors.toArray(PtNDArray[]::new));
  }

  @Override
  public IValue value() {
    return list;
  }

  @Override
  public void release(IValue value) {
    // kept for the next call
  }

  @Override
  public void close() {
    list.close();
  }
}
