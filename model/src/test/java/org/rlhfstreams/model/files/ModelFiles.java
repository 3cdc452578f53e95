package org.rlhfstreams.model.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.architecture.TensorSpecification;

/** Model directories for tests, and their files' bytes. */
final class ModelFiles {
  private ModelFiles() {}

  /** Names of all golden checkpoints. */
  static List<String> goldens() {
    return children(Goldens.resource("/goldens/models")).stream()
        .map(path -> path.getFileName().toString())
        .toList();
  }

  /** A model directory's files by name, without the golden beside them. */
  static Map<String, ByteBuffer> content(Path directory) {
    Map<String, ByteBuffer> content = new TreeMap<>();
    for (Path file : children(directory)) {
      if (!file.endsWith("golden.safetensors")) {
        content.put(file.getFileName().toString(), ByteBuffer.wrap(read(file)));
      }
    }
    return content;
  }

  static Path copy(String golden, Path target) throws IOException {
    Files.createDirectories(target);
    for (Map.Entry<String, ByteBuffer> file : content(Goldens.model(golden)).entrySet()) {
      Files.write(target.resolve(file.getKey()), file.getValue().array());
    }
    return target;
  }

  static List<float[]> values(ModelDirectory model) {
    List<float[]> values = new ArrayList<>();
    model.expectedTensors().forEach(tensor -> values.add(model.readTensor(tensor.name())));
    return values;
  }

  /** A safetensors file's bytes: a header as given, and so many zeros. */
  static byte[] safetensors(String header, int dataLength) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + dataLength)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  /** Bytes that a tensor takes by its header's type and shape. */
  static long length(SafetensorsFile file, String name) {
    return file.elementType(name).bytes(new TensorSpecification(name, file.shape(name)).size());
  }

  /** A tensor to write that holds zeros of any type. */
  static TensorSource zeros(TensorSpecification specification, ElementType type) {
    int bytes = Math.toIntExact(type.bytes(specification.size()));
    return new TensorSource(
        specification, type, channel -> channel.write(ByteBuffer.allocate(bytes)));
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> children(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
