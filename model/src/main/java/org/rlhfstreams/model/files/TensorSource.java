package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;

/**
 * A tensor to be written. Its values are asked for when its turn comes, so that a model larger than
 * the heap can be written.
 *
 * @param type element type to store
 * @param content writes exactly {@link #bytes} bytes, little-endian
 */
public record TensorSource(TensorSpecification specification, ElementType type, Content content) {
  private static final int CHUNK = 1 << 18;

  /** Writes a tensor's bytes. */
  @FunctionalInterface
  public interface Content {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  /**
   * A tensor from plain values, row-major, rounded to nearest, ties to even.
   *
   * @throws ModelException when written, where the type would make a finite value infinite
   */
  public static TensorSource ofFloats(
      TensorSpecification specification, TensorType type, FloatValues values) {
    return new TensorSource(
        specification,
        type.element(),
        channel ->
            values.inPieces(
                (piece, count) -> writeFloats(specification.name(), piece, count, type, channel)));
  }

  /** A tensor of a file, as it is. */
  static TensorSource ofFile(SafetensorsFile file, String name) {
    return new TensorSource(
        new TensorSpecification(name, file.shape(name)),
        file.elementType(name),
        channel -> file.readChunks(name, (start, bytes) -> writeFully(bytes, channel)));
  }

  /** A tensor of a file, in another type. */
  static TensorSource converted(SafetensorsFile file, String name, TensorType type) {
    TensorType stored = file.type(name);
    if (stored == type) {
      return ofFile(file, name);
    }
    return new TensorSource(
        new TensorSpecification(name, file.shape(name)),
        type.element(),
        channel ->
            file.readChunks(
                name,
                (start, bytes) -> {
                  float[] values = new float[bytes.limit() / stored.bytes()];
                  stored.decode(bytes, values, 0, values.length);
                  writeFloats(name, values, values.length, type, channel);
                }));
  }

  /** The same under another name. */
  TensorSource named(String name) {
    return new TensorSource(new TensorSpecification(name, specification.shape()), type, content);
  }

  /** Bytes it takes in a file. */
  public long bytes() {
    return type.bytes(specification.size());
  }

  private static void writeFloats(
      String name, float[] values, int length, TensorType type, WritableByteChannel channel)
      throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.min(length, CHUNK) * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < length; at += CHUNK) {
      int count = Math.min(CHUNK, length - at);
      for (int i = at; i < at + count; i++) {
        if (type.overflows(values[i])) {
          throw new ModelException(
              "tensor %s holds %s, which %s cannot: save as bfloat16 or float32"
                  .formatted(name, values[i], type.torchName()));
        }
      }
      buffer.clear().limit(count * type.bytes());
      type.encode(values, at, count, buffer);
      writeFully(buffer, channel);
    }
  }

  private static void writeFully(ByteBuffer bytes, WritableByteChannel channel) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
