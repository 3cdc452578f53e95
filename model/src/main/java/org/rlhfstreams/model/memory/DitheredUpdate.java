package org.rlhfstreams.model.memory;

/** What adamw_half of optimizer.py holds at once for one tensor. */
final class DitheredUpdate {
  private static final int WIDENED_MOMENTS = 2;
  // dithered: the draw, ones, the exponent lowered, the power of two and the spacing
  private static final int ROUNDING = 5;

  /** Bytes an element of the tensor. */
  static final int BYTES = (WIDENED_MOMENTS + ROUNDING) * Float.BYTES;

  private DitheredUpdate() {}
}
