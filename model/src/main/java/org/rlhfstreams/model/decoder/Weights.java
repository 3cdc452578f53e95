package org.rlhfstreams.model.decoder;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorValues;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.TorchRuntime;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * One version of a model's tensors, in the order of {@link TransformerConfiguration#tensors}. Used
 * by one thread at a time.
 */
public final class Weights implements AutoCloseable {
  private final NDManager manager;
  private final List<TensorSpecification> specifications;
  private final List<NDArray> tensors;
  private final ComputeType type;

  private Weights(
      NDManager manager,
      List<TensorSpecification> specifications,
      List<NDArray> tensors,
      ComputeType type) {
    this.type = type;
    this.manager = manager;
    this.specifications = specifications;
    this.tensors = tensors;
  }

  /** Reads all tensors of a model directory, as float32. */
  public static Weights read(ModelDirectory directory) {
    return read(directory, ComputeType.FLOAT32);
  }

  /**
   * Reads all tensors of a model directory.
   *
   * @throws org.rlhfstreams.model.ModelException where one holds a number that is not finite
   */
  public static Weights read(ModelDirectory directory, ComputeType type) {
    return read(directory, directory.expectedTensors(), Map.of(), type);
  }

  /**
   * Reads some tensors of a model directory, and puts others among them.
   *
   * @param specifications what is wanted, in order
   * @param others row-major values, by name, of those that do not come from the directory
   * @throws org.rlhfstreams.model.ModelException where one holds a number that is not finite
   */
  public static Weights read(
      ModelDirectory directory,
      List<TensorSpecification> specifications,
      Map<String, float[]> others,
      ComputeType type) {
    TorchRuntime.prepare();
    NDManager manager = ComputeDevice.newManager();
    try {
      TensorLoading loading = new TensorLoading(directory, type);
      List<NDArray> tensors = new ArrayList<>();
      for (TensorSpecification tensor : specifications) {
        float[] other = others.get(tensor.name());
        tensors.add(
            other == null
                ? loading.load(manager, tensor)
                : TensorLoading.copy(manager, shape(tensor), other, type));
      }
      return new Weights(manager, List.copyOf(specifications), List.copyOf(tensors), type);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Float32 tensors from plain arrays. */
  public static Weights of(List<TensorSpecification> specifications, List<float[]> values) {
    return of(specifications, values, ComputeType.FLOAT32);
  }

  /**
   * Tensors from plain arrays.
   *
   * @param values one row-major array a specification, of the specification's size
   */
  public static Weights of(
      List<TensorSpecification> specifications, List<float[]> values, ComputeType type) {
    TorchRuntime.prepare();
    NDManager manager = ComputeDevice.newManager();
    List<NDArray> tensors = new ArrayList<>();
    for (int i = 0; i < specifications.size(); i++) {
      tensors.add(TensorLoading.copy(manager, shape(specifications.get(i)), values.get(i), type));
    }
    return new Weights(manager, List.copyOf(specifications), List.copyOf(tensors), type);
  }

  /**
   * Adapters that change nothing yet: A uniform within 1/sqrt(inputs), B zero, as PEFT begins (Hu
   * et al. 2022, section 4.1).
   *
   * @param more tensors behind the adapters', all zeros
   */
  public static Weights initialAdapters(
      LowRankAdapters adapters,
      TransformerConfiguration configuration,
      List<TensorSpecification> more,
      long seed) {
    List<TensorSpecification> specifications = new ArrayList<>(adapters.tensors(configuration));
    SplittableRandom random = new SplittableRandom(seed);
    List<float[]> values = new ArrayList<>();
    for (TensorSpecification specification : specifications) {
      float[] tensor = new float[Math.toIntExact(specification.size())];
      if (specification.name().endsWith(".lora_A.weight")) {
        double bound = 1 / Math.sqrt(specification.shape().get(1));
        for (int i = 0; i < tensor.length; i++) {
          tensor[i] = (float) random.nextDouble(-bound, bound);
        }
      }
      values.add(tensor);
    }
    for (TensorSpecification specification : more) {
      specifications.add(specification);
      values.add(new float[Math.toIntExact(specification.size())]);
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

  /** The type that they are held in. */
  public ComputeType type() {
    return type;
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
    return new ArrayList<>(readings().subList(0, count));
  }

  /** The values, row-major, in order, as they are whenever they are read. */
  public List<float[]> readings() {
    return TensorValues.ofSources(tensors, NativeFloats::new);
  }

  /**
   * Shows the bytes of a tensor, row-major, little-endian, in {@link #type}.
   *
   * @param reader keeps them no longer than the call
   */
  public void readBytes(int index, Consumer<ByteBuffer> reader) {
    NDArray tensor = tensors.get(index);
    if (!ComputeDevice.isGpu()) {
      reader.accept(tensor.toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN));
      return;
    }
    try (NDManager scope = ComputeDevice.newHostManager()) {
      NDArray copy = tensor.toDevice(Device.cpu(), true);
      copy.attach(scope);
      reader.accept(copy.toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN));
    }
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
          String.format(
              Locale.ROOT,
              "tensor %s has %d elements, not %d",
              specification.name(),
              specification.size(),
              values.remaining()));
    }
    float[] array = new float[values.remaining()];
    values.get(array);
    TensorCopy.into(tensors.get(index), array);
  }

  /** An independent copy, in another type perhaps. */
  public Weights copy(ComputeType newType) {
    return copy(newType, tensors.size());
  }

  /** An independent copy of the first tensors. */
  public Weights copy(ComputeType newType, int count) {
    NDManager copies = ComputeDevice.newManager();
    // in native memory: by way of arrays the Java heap would have to hold a whole model
    List<NDArray> copied =
        tensors.subList(0, count).stream().map(tensor -> newType.of(copies, tensor)).toList();
    return new Weights(copies, specifications.subList(0, count), copied, newType);
  }

  /** The first tensors themselves; they stay this object's, and live as long as it does. */
  public Weights first(int count) {
    return new Weights(
        ComputeDevice.newManager(),
        specifications.subList(0, count),
        tensors.subList(0, count),
        type);
  }

  /**
   * Tensors that exist already.
   *
   * @param tensors one a specification; they become this object's
   * @param type of the tensors
   */
  public static Weights taking(
      List<TensorSpecification> specifications, List<NDArray> tensors, ComputeType type) {
    NDManager manager = ComputeDevice.newManager();
    tensors.forEach(tensor -> tensor.attach(manager));
    return new Weights(manager, List.copyOf(specifications), List.copyOf(tensors), type);
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
