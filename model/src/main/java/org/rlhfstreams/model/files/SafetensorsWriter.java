package org.rlhfstreams.model.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.rlhfstreams.model.architecture.TensorSpecification;

/** Writes safetensors; equal input gives equal bytes. */
public final class SafetensorsWriter {
  private static final int BUFFER = 1 << 20;

  private SafetensorsWriter() {}

  /**
   * Writes and syncs a new file.
   *
   * @param values one row-major array a specification
   * @param type element type to store; bfloat16 rounds to nearest, ties to even
   */
  public static void write(
      Path path, List<TensorSpecification> specifications, List<float[]> values, TensorType type)
      throws IOException {
    byte[] header = header(specifications, type);
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
      flush(channel, start.putLong(header.length).put(header));
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
      for (float[] tensor : values) {
        for (float value : tensor) {
          if (buffer.remaining() < type.bytes()) {
            flush(channel, buffer);
          }
          type.write(buffer, value);
        }
      }
      flush(channel, buffer);
      channel.force(true);
    }
  }

  private static byte[] header(List<TensorSpecification> specifications, TensorType type) {
    ObjectNode json = JsonFiles.MAPPER.createObjectNode();
    json.putObject("__metadata__").put("format", "pt");
    long at = 0;
    for (TensorSpecification specification : specifications) {
      long end = at + specification.size() * type.bytes();
      ObjectNode entry = json.putObject(specification.name()).put("dtype", type.name());
      specification.shape().forEach(entry.withArray("shape")::add);
      entry.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    StringBuilder text = new StringBuilder(json.toString());
    while (text.toString().getBytes(StandardCharsets.UTF_8).length % 8 != 0) {
      text.append(' ');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void flush(FileChannel channel, ByteBuffer buffer) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }
}
