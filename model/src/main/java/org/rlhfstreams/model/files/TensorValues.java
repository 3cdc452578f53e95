package org.rlhfstreams.model.files;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.model.architecture.TensorSpecification;

/**
 * Values of many tensors, row-major, each read anew whenever it is asked for and never kept: all of
 * a model's need not fit into the heap.
 */
public final class TensorValues extends AbstractList<float[]> {
  private static final int PIECE = 1 << 24;

  private final int count;
  private final IntFunction<FloatValues> sources;

  /**
   * @param count tensors there are
   * @param reader from a tensor's index to its values
   */
  public TensorValues(int count, IntFunction<float[]> reader) {
    this(index -> () -> reader.apply(index), count);
  }

  private TensorValues(IntFunction<FloatValues> sources, int count) {
    this.count = count;
    this.sources = sources;
  }

  /** Those of a list whose elements are read one by one. */
  public static <T> TensorValues of(List<T> tensors, Function<T, float[]> reader) {
    return new TensorValues(tensors.size(), index -> reader.apply(tensors.get(index)));
  }

  /** The same where each is read piece by piece. */
  public static <T> TensorValues ofSources(List<T> tensors, Function<T, FloatValues> source) {
    return new TensorValues(index -> source.apply(tensors.get(index)), tensors.size());
  }

  /** One tensor's values of a list that may be of this kind. */
  public static FloatValues source(List<float[]> values, int index) {
    return values instanceof TensorValues tensors
        ? tensors.sources.apply(Objects.checkIndex(index, tensors.count))
        : () -> values.get(index);
  }

  /** Those of tensors that are stored somewhere. */
  public static TensorValues of(List<TensorSpecification> tensors, TensorBytes source) {
    return of(
        tensors,
        tensor -> {
          TensorType type = TensorType.valueOf(source.elementType(tensor.name()));
          float[] values = new float[Math.toIntExact(tensor.size())];
          for (int from = 0; from < values.length; from += PIECE) {
            int count = Math.min(PIECE, values.length - from);
            long at = (long) from * type.bytes();
            type.decode(source.bytes(tensor.name(), at, count * type.bytes()), values, from, count);
          }
          return values;
        });
  }

  @Override
  public float[] get(int index) {
    return sources.apply(Objects.checkIndex(index, count)).get();
  }

  @Override
  public TensorValues subList(int from, int to) {
    Objects.checkFromToIndex(from, to, count);
    return new TensorValues(index -> sources.apply(from + index), to - from);
  }

  @Override
  public int size() {
    return count;
  }
}
