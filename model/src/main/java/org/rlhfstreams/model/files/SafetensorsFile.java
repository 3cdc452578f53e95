package org.rlhfstreams.model.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rlhfstreams.model.ModelException;

/**
 * A safetensors file: eight bytes of header length, a JSON header, then the tensors' bytes. The
 * header is checked against the file before anything is read.
 */
public final class SafetensorsFile {
  private static final long MAX_HEADER = 100L << 20;

  private final Path path;
  private final long dataStart;
  private final Map<String, Entry> entries;

  private SafetensorsFile(Path path, long dataStart, Map<String, Entry> entries) {
    this.path = path;
    this.dataStart = dataStart;
    this.entries = entries;
  }

  /**
   * Reads the header.
   *
   * @throws ModelException where the file is missing, cut short or not what its header says
   */
  public static SafetensorsFile open(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < 8) {
        throw corrupt(path, "has " + size + " bytes, too few for a header");
      }
      long headerLength = read(channel, path, 0, 8).getLong();
      if (headerLength < 2 || headerLength > Math.min(size - 8, MAX_HEADER)) {
        throw corrupt(path, "announces a header of " + headerLength + " bytes in " + size);
      }
      byte[] header = read(channel, path, 8, (int) headerLength).array();
      long dataStart = 8 + headerLength;
      return new SafetensorsFile(path, dataStart, entries(path, header, size - dataStart));
    } catch (IOException e) {
      throw new ModelException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Map<String, Entry> entries(Path path, byte[] header, long dataLength)
      throws IOException {
    JsonNode json;
    try {
      json = JsonFiles.MAPPER.readTree(new String(header, StandardCharsets.UTF_8));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new ModelException(path + " is corrupt: its header is not JSON", e);
    }
    if (json == null || !json.isObject()) {
      throw corrupt(path, "has a header that is not a JSON object");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (!field.getKey().equals("__metadata__")) {
        entries.put(field.getKey(), Entry.read(path, field.getKey(), field.getValue()));
      }
    }
    requireContiguous(path, entries, dataLength);
    return entries;
  }

  private static void requireContiguous(Path path, Map<String, Entry> entries, long dataLength) {
    List<Map.Entry<String, Entry>> ordered = new ArrayList<>(entries.entrySet());
    ordered.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().start())
            .thenComparingLong(e -> e.getValue().end()));
    long at = 0;
    for (Map.Entry<String, Entry> entry : ordered) {
      if (entry.getValue().start() != at || entry.getValue().end() > dataLength) {
        throw corrupt(
            path,
            "places tensor %s at bytes %d to %d, but bytes %d to %d are what follows"
                .formatted(
                    entry.getKey(),
                    entry.getValue().start(),
                    entry.getValue().end(),
                    at,
                    dataLength));
      }
      at = entry.getValue().end();
    }
    if (at != dataLength) {
      throw corrupt(path, "has " + (dataLength - at) + " bytes that no tensor owns");
    }
  }

  /** Names of the tensors. */
  public Set<String> names() {
    return entries.keySet();
  }

  /**
   * Shape of a tensor.
   *
   * @throws ModelException where there is none of the name
   */
  public List<Long> shape(String name) {
    return entry(name).shape();
  }

  /** A float tensor's elements as float32, row-major. */
  public float[] readFloats(String name) {
    Entry entry = entry(name);
    TensorType type;
    try {
      type = TensorType.valueOf(entry.type());
    } catch (IllegalArgumentException e) {
      throw new ModelException(
          path
              + ": tensor "
              + name
              + " is of type "
              + entry.type()
              + "; supported are F32, BF16 and"
              + " F16");
    }
    ByteBuffer bytes = bytes(entry);
    float[] values = new float[Math.toIntExact(entry.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.read(bytes, i);
    }
    return values;
  }

  /** An integer tensor's elements, row-major; types I64 and I32. */
  public long[] readIntegers(String name) {
    Entry entry = entry(name);
    ByteBuffer bytes = bytes(entry);
    long[] values = new long[Math.toIntExact(entry.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = entry.type().equals("I64") ? bytes.getLong(i * 8) : bytes.getInt(i * 4);
    }
    return values;
  }

  private ByteBuffer bytes(Entry entry) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return read(
          channel, path, dataStart + entry.start(), Math.toIntExact(entry.end() - entry.start()));
    } catch (IOException e) {
      throw new ModelException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new ModelException(path + " has no tensor " + name);
    }
    return entry;
  }

  private static ByteBuffer read(FileChannel channel, Path path, long from, int length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw corrupt(path, "ends early");
      }
    }
    return bytes.flip();
  }

  private static ModelException corrupt(Path path, String problem) {
    return new ModelException(path + " is corrupt: it " + problem + "; fetch or write it again");
  }

  private record Entry(String type, List<Long> shape, long start, long end) {
    private static final Map<String, Integer> SIZES =
        Map.ofEntries(
            Map.entry("F64", 8),
            Map.entry("F32", 4),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("I64", 8),
            Map.entry("I32", 4),
            Map.entry("I16", 2),
            Map.entry("I8", 1),
            Map.entry("U8", 1),
            Map.entry("BOOL", 1));

    static Entry read(Path path, String name, JsonNode json) {
      String type = json.path("dtype").asText("");
      JsonNode offsets = json.path("data_offsets");
      Integer size = SIZES.get(type);
      if (size == null
          || !json.path("shape").isArray()
          || !integers(offsets)
          || offsets.size() != 2) {
        throw corrupt(path, "describes tensor " + name + " as " + json);
      }
      if (!integers(json.path("shape"))) {
        throw corrupt(path, "describes tensor " + name + " as " + json);
      }
      List<Long> shape = new ArrayList<>();
      json.path("shape").forEach(dimension -> shape.add(dimension.asLong()));
      Entry entry = new Entry(type, shape, offsets.path(0).asLong(), offsets.path(1).asLong());
      boolean fits;
      try {
        fits =
            shape.stream().allMatch(dimension -> dimension >= 0)
                && entry.start() >= 0
                && entry.end() - entry.start() == Math.multiplyExact(entry.elements(), size);
      } catch (ArithmeticException e) {
        fits = false;
      }
      if (!fits) {
        throw corrupt(
            path,
            "gives tensor %s of shape %s and type %s the bytes %d to %d"
                .formatted(name, shape, type, entry.start(), entry.end()));
      }
      return entry;
    }

    private static boolean integers(JsonNode array) {
      for (JsonNode element : array) {
        if (!element.isIntegralNumber() || !element.canConvertToLong()) {
          return false;
        }
      }
      return array.isArray();
    }

    long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }
}
