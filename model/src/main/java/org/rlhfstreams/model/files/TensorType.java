package org.rlhfstreams.model.files;

import java.nio.ByteBuffer;

/** How an element is stored in safetensors, little-endian. */
public enum TensorType {
  F32(4, "float32") {
    @Override
    float read(ByteBuffer bytes, int index) {
      return bytes.getFloat(index * 4);
    }

    @Override
    void write(ByteBuffer bytes, float value) {
      bytes.putFloat(value);
    }
  },
  BF16(2, "bfloat16") {
    @Override
    float read(ByteBuffer bytes, int index) {
      return Float.intBitsToFloat(bytes.getShort(index * 2) << 16);
    }

    @Override
    void write(ByteBuffer bytes, float value) {
      bytes.putShort(BFloat16.fromFloat(value));
    }
  },
  F16(2, "float16") {
    @Override
    float read(ByteBuffer bytes, int index) {
      return Float16.toFloat(bytes.getShort(index * 2));
    }

    @Override
    void write(ByteBuffer bytes, float value) {
      throw new UnsupportedOperationException("models are written in float32 or bfloat16");
    }
  };

  private final int bytes;
  private final String torchName;

  TensorType(int bytes, String torchName) {
    this.bytes = bytes;
    this.torchName = torchName;
  }

  /** Bytes an element takes. */
  public int bytes() {
    return bytes;
  }

  /** The name in {@code config.json}. */
  public String torchName() {
    return torchName;
  }

  abstract float read(ByteBuffer bytes, int index);

  abstract void write(ByteBuffer bytes, float value);
}
