package org.rlhfstreams.model.files;

import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Optional;

/** How a model's tensor is stored in safetensors, little-endian. */
public enum TensorType {
  F32(ElementType.F32, 4, "float32", Float.POSITIVE_INFINITY) {
    @Override
    void decode(ByteBuffer from, float[] to, int offset, int count) {
      from.asFloatBuffer().get(to, offset, count);
    }

    @Override
    void encode(float[] from, int offset, int count, ByteBuffer to) {
      to.asFloatBuffer().put(from, offset, count);
    }
  },
  BF16(ElementType.BF16, 2, "bfloat16", 0x1.FFp127f) {
    @Override
    void decode(ByteBuffer from, float[] to, int offset, int count) {
      ShortBuffer halves = from.asShortBuffer();
      for (int i = 0; i < count; i++) {
        to[offset + i] = Float.intBitsToFloat(halves.get(i) << 16);
      }
    }

    @Override
    void encode(float[] from, int offset, int count, ByteBuffer to) {
      ShortBuffer halves = to.asShortBuffer();
      for (int i = 0; i < count; i++) {
        halves.put(i, BFloat16.fromFloat(from[offset + i]));
      }
    }
  },
  F16(ElementType.F16, 2, "float16", 65520f) {
    @Override
    void decode(ByteBuffer from, float[] to, int offset, int count) {
      ShortBuffer halves = from.asShortBuffer();
      for (int i = 0; i < count; i++) {
        to[offset + i] = Float16.toFloat(halves.get(i));
      }
    }

    @Override
    void encode(float[] from, int offset, int count, ByteBuffer to) {
      ShortBuffer halves = to.asShortBuffer();
      for (int i = 0; i < count; i++) {
        halves.put(i, Float16.fromFloat(from[offset + i]));
      }
    }
  };

  private final ElementType element;
  private final int bytes;
  private final String torchName;
  private final float overflow;

  /**
   * @param overflow smallest magnitude that rounds to infinity
   */
  TensorType(ElementType element, int bytes, String torchName, float overflow) {
    this.element = element;
    this.bytes = bytes;
    this.torchName = torchName;
    this.overflow = overflow;
  }

  /** The type that a model calls by PyTorch's name, such as {@code bfloat16}. */
  public static Optional<TensorType> ofTorchName(String name) {
    return Arrays.stream(values()).filter(type -> type.torchName.equals(name)).findFirst();
  }

  static Optional<TensorType> of(ElementType element) {
    return Arrays.stream(values()).filter(type -> type.element == element).findFirst();
  }

  /** The element type in the file. */
  public ElementType element() {
    return element;
  }

  /** Bytes an element takes. */
  public int bytes() {
    return bytes;
  }

  /** The name in {@code config.json}. */
  public String torchName() {
    return torchName;
  }

  /** Elements from the buffer's position on; it stays where it is. */
  abstract void decode(ByteBuffer from, float[] to, int offset, int count);

  /** Rounds to nearest, ties to even, from the buffer's position on; it stays where it is. */
  abstract void encode(float[] from, int offset, int count, ByteBuffer to);

  /** Whether a finite value would be stored as infinite. */
  boolean overflows(float value) {
    return Float.isFinite(value) && Math.abs(value) >= overflow;
  }
}
