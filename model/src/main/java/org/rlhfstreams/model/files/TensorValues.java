package org.rlhfstreams.model.files;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Values of many tensors, row-major, each read anew whenever it is asked for and never kept: all of
 * a model's need not fit into the heap.
 */
public final class TensorValues extends AbstractList<float[]> {
  private final int count;
  private final IntFunction<float[]> reader;

  /**
   * @param count tensors there are
   * @param reader from a tensor's index to its values
   */
  public TensorValues(int count, IntFunction<float[]> reader) {
    this.count = count;
    this.reader = reader;
  }

  /** Those of a list whose elements are read one by one. */
  public static <T> TensorValues of(List<T> tensors, Function<T, float[]> reader) {
    return new TensorValues(tensors.size(), index -> reader.apply(tensors.get(index)));
  }

  @Override
  public float[] get(int index) {
    return reader.apply(Objects.checkIndex(index, count));
  }

  @Override
  public int size() {
    return count;
  }
}
