package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.AdapterDirectory;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorSource;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.torchscript.TorchRuntime;

/** A model's tensors with adapters added in, W + scale B A, worked out one at a time. */
public final class AdapterMerge {
  private static final String A = ".lora_A.weight";

  private final ModelDirectory model;
  private final AdapterDirectory adapter;

  /**
   * @param adapter of the model's configuration
   */
  public AdapterMerge(ModelDirectory model, AdapterDirectory adapter) {
    this.model = model;
    this.adapter = adapter;
  }

  /** The tensors to write, in the types that the model's files have. */
  public List<TensorSource> tensors() {
    Map<String, Integer> placeOfA = new HashMap<>();
    List<float[]> values = adapter.values();
    for (int i = 0; i < values.size(); i += 2) {
      String name = adapter.specifications().get(i).name();
      placeOfA.put(
          name.substring("base_model.model.".length(), name.length() - A.length()) + ".weight", i);
    }
    List<TensorSource> tensors = new ArrayList<>();
    for (TensorSpecification tensor : model.expectedTensors()) {
      TensorType type = model.tensorType(tensor.name());
      Integer place = placeOfA.get(tensor.name());
      tensors.add(
          place == null
              ? model.source(tensor.name())
              : TensorSource.ofFloats(
                  tensor, type, () -> merged(tensor, values.get(place), values.get(place + 1))));
    }
    return tensors;
  }

  private float[] merged(TensorSpecification tensor, float[] a, float[] b) {
    TorchRuntime.prepare();
    TransformerConfiguration configuration = model.configuration();
    boolean inputFirst = configuration.architecture().inputFirst();
    int rank = adapter.adapters().rank();
    try (NDManager scope = ComputeDevice.newManager()) {
      NDArray down = scope.create(a, new Shape(rank, a.length / rank));
      NDArray up = scope.create(b, new Shape(b.length / rank, rank));
      NDArray change =
          ComputeThread.call(
              () -> {
                NDArray product = up.matMul(down).mul(adapter.adapters().scale());
                return inputFirst ? product.transpose().flatten() : product.flatten();
              });
      float[] values = model.readTensor(tensor.name());
      float[] added = change.toFloatArray();
      for (int i = 0; i < values.length; i++) {
        values[i] += added[i];
      }
      return values;
    }
  }
}
