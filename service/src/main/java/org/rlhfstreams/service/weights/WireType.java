package org.rlhfstreams.service.weights;

import java.util.Arrays;
import java.util.Optional;
import org.rlhfstreams.service.configuration.WeightsConfiguration;

/** The element type that weights are sent in, little-endian. */
public enum WireType {
  BF16(2),
  F32(4);

  private final int bytes;

  WireType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes an element takes. */
  public int bytes() {
    return bytes;
  }

  /** The type that a header calls by this name. */
  static Optional<WireType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** The configured type. */
  public static WireType of(WeightsConfiguration settings) {
    return switch (settings.dtype()) {
      case BFLOAT16 -> BF16;
      case FLOAT32 -> F32;
    };
  }
}
