package org.rlhfstreams.model.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.rlhfstreams.model.architecture.TensorSpecification;

/**
 * Writes safetensors, byte for byte as Hugging Face's own library does; equal input gives equal
 * bytes.
 */
public final class SafetensorsWriter {
  /** What transformers asks of a file. */
  static final Map<String, String> PYTORCH = Map.of("format", "pt");

  /** Larger element types come first, so that every tensor is aligned. */
  private static final Comparator<TensorSource> ORDER =
      Comparator.comparing(TensorSource::type)
          .reversed()
          .thenComparing(
              source -> source.specification().name().getBytes(StandardCharsets.UTF_8),
              Arrays::compareUnsigned);

  private SafetensorsWriter() {}

  /**
   * Writes and syncs a new file of one element type.
   *
   * @param values one row-major array a specification, asked for when its turn comes
   * @param type element type to store; rounds to nearest, ties to even
   */
  public static void write(
      Path path, List<TensorSpecification> specifications, List<float[]> values, TensorType type)
      throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    for (int i = 0; i < specifications.size(); i++) {
      tensors.add(
          TensorSource.ofFloats(specifications.get(i), type, TensorValues.source(values, i)));
    }
    write(path, tensors, PYTORCH);
  }

  /**
   * Writes and syncs a new file, one tensor after the other.
   *
   * @param metadata texts about the file, in the order of its iteration
   * @throws IllegalArgumentException where two tensors have one name, or one is not as long as its
   *     shape says
   */
  public static void write(Path path, List<TensorSource> tensors, Map<String, String> metadata)
      throws IOException {
    List<TensorSource> ordered = tensors.stream().sorted(ORDER).toList();
    byte[] header = header(ordered, metadata);
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
      start.putLong(header.length).put(header).flip();
      while (start.hasRemaining()) {
        channel.write(start);
      }
      for (TensorSource tensor : ordered) {
        long before = channel.position();
        tensor.content().writeTo(channel);
        if (channel.position() - before != tensor.bytes()) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "tensor %s of shape %s and type %s takes %d bytes, but %d were written",
                  tensor.specification().name(),
                  tensor.specification().shape(),
                  tensor.type(),
                  tensor.bytes(),
                  channel.position() - before));
        }
      }
      channel.force(true);
    }
  }

  private static byte[] header(List<TensorSource> tensors, Map<String, String> metadata) {
    ObjectNode json = JsonFiles.MAPPER.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode texts = json.putObject("__metadata__");
      metadata.forEach(texts::put);
    }
    Set<String> names = new HashSet<>();
    long at = 0;
    for (TensorSource tensor : tensors) {
      TensorSpecification specification = tensor.specification();
      if (!names.add(specification.name())) {
        throw new IllegalArgumentException("two tensors are named " + specification.name());
      }
      long end = at + tensor.bytes();
      ObjectNode entry = json.putObject(specification.name()).put("dtype", tensor.type().name());
      specification.shape().forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return padded;
  }
}
