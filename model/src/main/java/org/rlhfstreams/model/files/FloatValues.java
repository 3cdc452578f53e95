package org.rlhfstreams.model.files;

import java.io.IOException;
import java.util.function.Supplier;

/** Values of a tensor, row-major, read when they are asked for. */
@FunctionalInterface
public interface FloatValues extends Supplier<float[]> {
  /** Takes a piece of them. */
  @FunctionalInterface
  interface Taker {
    /**
     * Takes one.
     *
     * @param piece its first {@code count} elements count; not to be kept
     */
    void take(float[] piece, int count) throws IOException;
  }

  /** Shows them in order, piece by piece where they need no array of their number. */
  default void inPieces(Taker taker) throws IOException {
    float[] all = get();
    taker.take(all, all.length);
  }
}
