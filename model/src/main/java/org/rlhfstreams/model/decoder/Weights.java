package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.rlhfstreams.model.architecture.ModelConfiguration;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.torchscript.TorchRuntime;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * One version of a model's float32 tensors, in the order of {@link ModelDirectory#expectedTensors}:
 * embedding, nine a layer, final norm, then the head where the model has its own. Used by one
 * thread at a time.
 */
public final class Weights implements AutoCloseable {
  private final NDManager manager;
  private final List<TensorSpecification> specifications;
  private final List<NDArray> tensors;

  private Weights(
      NDManager manager, List<TensorSpecification> specifications, List<NDArray> tensors) {
    this.manager = manager;
    this.specifications = specifications;
    this.tensors = tensors;
  }

  /** Reads all tensors of a model directory. */
  public static Weights read(ModelDirectory directory) {
    List<float[]> values = new ArrayList<>();
    for (TensorSpecification specification : directory.expectedTensors()) {
      values.add(directory.readTensor(specification.name()));
    }
    return of(directory.expectedTensors(), values);
  }

  /**
   * Tensors from plain arrays.
   *
   * @param values one row-major array a specification, of the specification's size
   */
  public static Weights of(List<TensorSpecification> specifications, List<float[]> values) {
    TorchRuntime.prepare();
    NDManager manager = NDManager.newBaseManager("PyTorch");
    List<NDArray> tensors = new ArrayList<>();
    for (int i = 0; i < specifications.size(); i++) {
      tensors.add(manager.create(values.get(i), shape(specifications.get(i))));
    }
    return new Weights(manager, List.copyOf(specifications), List.copyOf(tensors));
  }

  /**
   * Freshly initialised: matrices normal with standard deviation 0.02, the projections that write
   * into the residual stream scaled by 1/sqrt(2 layers) (Radford et al. 2019, section 2.3), norms
   * 1.
   */
  public static Weights initial(ModelConfiguration configuration, long seed) {
    List<TensorSpecification> specifications = ModelDirectory.expectedTensors(configuration);
    RandomGenerator random = new SplittableRandom(seed);
    double residual = 1 / Math.sqrt(2.0 * configuration.layers());
    List<float[]> values = new ArrayList<>();
    for (TensorSpecification specification : specifications) {
      String name = specification.name();
      boolean writesResidual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
      double deviation = writesResidual ? 0.02 * residual : 0.02;
      boolean norm = name.endsWith("norm.weight");
      float[] tensor = new float[Math.toIntExact(specification.size())];
      for (int i = 0; i < tensor.length; i++) {
        tensor[i] = norm ? 1f : (float) (random.nextGaussian() * deviation);
      }
      values.add(tensor);
    }
    return of(specifications, values);
  }

  private static Shape shape(TensorSpecification specification) {
    return new Shape(specification.shape().stream().mapToLong(Long::longValue).toArray());
  }

  /** Names and shapes, in order. */
  public List<TensorSpecification> specifications() {
    return specifications;
  }

  /** The tensors, in order; they live as long as this object. */
  public List<NDArray> tensors() {
    return tensors;
  }

  /** All tensors as one argument of a script method. */
  public Argument argument() {
    return Argument.list(tensors);
  }

  /** Copies of the values, row-major, in order. */
  public List<float[]> values() {
    return values(tensors.size());
  }

  /** Copies of the first tensors' values. */
  public List<float[]> values(int count) {
    List<float[]> values = new ArrayList<>();
    for (NDArray tensor : tensors.subList(0, count)) {
      values.add(tensor.toFloatArray());
    }
    return values;
  }

  /**
   * Overwrites one tensor in place.
   *
   * @throws IllegalArgumentException if the sizes differ
   */
  public void assign(int index, FloatBuffer values) {
    TensorSpecification specification = specifications.get(index);
    if (values.remaining() != specification.size()) {
      throw new IllegalArgumentException(
          "tensor %s has %d elements, not %d"
              .formatted(specification.name(), specification.size(), values.remaining()));
    }
    float[] array = new float[values.remaining()];
    values.get(array);
    TensorCopy.into(tensors.get(index), array);
  }

  /** An independent copy. */
  public Weights copy() {
    return of(specifications, values());
  }

  /** Number of parameters. */
  public long parameters() {
    return specifications.stream().mapToLong(TensorSpecification::size).sum();
  }

  @Override
  public void close() {
    manager.close();
  }
}
