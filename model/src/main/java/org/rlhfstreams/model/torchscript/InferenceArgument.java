package org.rlhfstreams.model.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;

/** An argument of {@link TorchScriptModule#infer}. */
public interface InferenceArgument {
  /** The native value of one call. */
  IValue value();

  /** Called once the call has returned. */
  void release(IValue value);

  /** A single tensor. */
  static InferenceArgument of(NDArray array) {
    return new Once(() -> IValue.from((PtNDArray) array));
  }

  /** A whole number. */
  static InferenceArgument of(long number) {
    return new Once(() -> IValue.from(number));
  }

  /** A native value that lives for one call. */
  record Once(java.util.function.Supplier<IValue> source) implements InferenceArgument {
    @Override
    public IValue value() {
      return source.get();
    }

    @Override
    public void release(IValue value) {
      value.close();
    }
  }
}
