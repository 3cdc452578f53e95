package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.rlhfstreams.model.architecture.Rope;
import org.rlhfstreams.model.architecture.TransformerConfiguration;

/**
 * Cosines and sines of the rotary position embedding (Su et al. 2021, eq. 34), computed in double
 * precision and kept on the device, as long as the longest sequence so far. Each half of a head's
 * dimensions turns by the same angles.
 */
public final class RopeTables {
  private static final int FIRST = 256;
  private static final int KEPT = 16;

  private final TransformerConfiguration configuration;
  private final ComputeType type;
  private final NDManager manager;
  private final Map<Integer, Tables> byLengthClass = new HashMap<>();
  private Tables growing;

  RopeTables(TransformerConfiguration configuration, ComputeType type, NDManager manager) {
    this.configuration = configuration;
    this.type = type;
    this.manager = manager;
  }

  /**
   * Tables, [positions, head dimension] each; empty where positions are learned.
   *
   * @param positions rows of each
   */
  public record Tables(int positions, NDArray cos, NDArray sin) {
    void close() {
      cos.close();
      sin.close();
    }
  }

  /** For a whole sequence of so many tokens. */
  synchronized Tables of(int length) {
    int lengthClass =
        configuration.rope().map(rope -> rope.scaling().lengthClass(length)).orElse(0);
    Tables known = byLengthClass.get(lengthClass);
    if (known == null || known.positions() < length) {
      if (known != null) {
        known.close();
      }
      if (byLengthClass.size() > KEPT) {
        byLengthClass.values().forEach(Tables::close);
        byLengthClass.clear();
      }
      int positions = lengthClass > 0 ? length : grown(length);
      known = tables(positions, position -> lengthClass > 0 ? lengthClass : 1);
      byLengthClass.put(lengthClass, known);
    }
    return known;
  }

  /** For tokens added one at a time: each is turned as the last of its sequence so far. */
  synchronized Tables forDecoding(int reach) {
    if (configuration.rope().map(rope -> rope.scaling().lengthClass(reach)).orElse(0) == 0) {
      return of(reach);
    }
    if (growing == null || growing.positions() < reach) {
      if (growing != null) {
        growing.close();
      }
      growing = tables(grown(reach), position -> position + 1);
    }
    return growing;
  }

  private int grown(int length) {
    int positions = FIRST;
    while (positions < length) {
      positions *= 2;
    }
    return Math.min(positions, Math.max(length, configuration.maxPositions()));
  }

  private Tables tables(int positions, IntFunction<Integer> lengthAt) {
    if (configuration.rope().isEmpty()) {
      return new Tables(Integer.MAX_VALUE, empty(), empty());
    }
    Rope rope = configuration.rope().get();
    int dimension = configuration.headDimension();
    int half = dimension / 2;
    double magnitude = rope.scaling().magnitude();
    float[] cos = new float[positions * dimension];
    float[] sin = new float[positions * dimension];
    double[] frequencies = null;
    int length = -1;
    for (int position = 0; position < positions; position++) {
      if (lengthAt.apply(position) != length) {
        length = lengthAt.apply(position);
        frequencies = rope.frequencies(dimension, length);
      }
      for (int i = 0; i < half; i++) {
        double angle = position * frequencies[i];
        int at = position * dimension + i;
        cos[at] = cos[at + half] = (float) (magnitude * Math.cos(angle));
        sin[at] = sin[at + half] = (float) (magnitude * Math.sin(angle));
      }
    }
    Shape shape = new Shape(positions, dimension);
    return new Tables(positions, tensor(cos, shape), tensor(sin, shape));
  }

  private NDArray tensor(float[] values, Shape shape) {
    try (NDArray float32 = manager.create(values, shape)) {
      return type.of(manager, float32);
    }
  }

  private NDArray empty() {
    return manager.create(new Shape(0));
  }
}
