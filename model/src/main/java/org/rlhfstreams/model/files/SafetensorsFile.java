package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.model.ModelException;

/**
 * A safetensors file: eight bytes of header length, a JSON header, then the tensors' bytes. The
 * header is checked against the file before anything is read, and the file's size again whenever a
 * tensor is: one that was cut or replaced since is refused.
 */
public final class SafetensorsFile {
  private static final long MAX_HEADER = 100_000_000;
  private static final int LENGTH = 8;

  private final SizedFile file;
  private final long dataStart;
  private final SafetensorsHeader header;

  private SafetensorsFile(SizedFile file, long dataStart, SafetensorsHeader header) {
    this.file = file;
    this.dataStart = dataStart;
    this.header = header;
  }

  /**
   * Reads the header.
   *
   * @throws ModelException where the file is missing, cut short or not what its header says
   */
  public static SafetensorsFile open(Path path) {
    SizedFile file = SizedFile.of(path);
    if (file.size() < LENGTH) {
      throw SafetensorsHeader.corrupt(path, "has " + file.size() + " bytes, too few for a header");
    }
    long length = file.read(0, LENGTH).getLong();
    if (length < 2 || length > Math.min(file.size() - LENGTH, MAX_HEADER)) {
      throw SafetensorsHeader.corrupt(
          path,
          String.format(
              Locale.ROOT,
              "announces a header of %s bytes in a file of %d",
              Long.toUnsignedString(length),
              file.size()));
    }
    byte[] header = file.read(LENGTH, (int) length).array();
    long dataStart = LENGTH + length;
    return new SafetensorsFile(
        file, dataStart, SafetensorsHeader.read(path, header, file.size() - dataStart));
  }

  /** Where it lies. */
  public Path path() {
    return file.path();
  }

  /** Bytes of the whole file. */
  long fileBytes() {
    return file.size();
  }

  /** Names of the tensors, in the order of the header. */
  public Set<String> names() {
    return header.tensors().keySet();
  }

  /** The texts about the file; empty where it has none. */
  public Optional<Map<String, String>> metadata() {
    return header.metadata();
  }

  /**
   * Shape of a tensor.
   *
   * @throws ModelException where there is none of the name
   */
  public List<Long> shape(String name) {
    return tensor(name).shape();
  }

  /**
   * How a tensor's elements are stored, of whatever type.
   *
   * @throws ModelException where there is none of the name
   */
  public ElementType elementType(String name) {
    return tensor(name).type();
  }

  /**
   * How a model's tensor is stored.
   *
   * @throws ModelException where there is none of the name, or its type is not one of a model's
   */
  public TensorType type(String name) {
    ElementType stored = tensor(name).type();
    return TensorType.of(stored)
        .orElseThrow(
            () ->
                new ModelException(
                    ("%s: tensor %s is of type %s; supported are F32, BF16 and F16: save the model"
                            + " in one of them")
                        .formatted(path(), name, stored)));
  }

  /**
   * A tensor's bytes, little-endian, mapped from the file: direct, read-only, on no heap. The
   * mapping lives as long as the buffer, which must never be written through, nor read when the
   * file is cut meanwhile.
   *
   * @throws ModelException where the file changed its size, or the tensor is larger than a buffer
   */
  public ByteBuffer bytes(String name) {
    StoredTensor tensor = tensor(name);
    if (tensor.bytes() > Integer.MAX_VALUE) {
      throw new ModelException(
          String.format(
              Locale.ROOT,
              "%s: tensor %s has %d bytes, more than a buffer holds: take it in parts",
              path(),
              name,
              tensor.bytes()));
    }
    return bytes(name, 0, (int) tensor.bytes());
  }

  /**
   * A part of a tensor's bytes, as {@link #bytes(String)} gives the whole.
   *
   * @throws IndexOutOfBoundsException where the tensor has no such part
   */
  public ByteBuffer bytes(String name, long from, int length) {
    StoredTensor tensor = tensor(name);
    if (from < 0 || length < 0 || length > tensor.bytes() - from) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "%d bytes from %d on of tensor %s, which has %d",
              length,
              from,
              name,
              tensor.bytes()));
    }
    return file.map(dataStart + tensor.start() + from, length);
  }

  /** A float tensor's elements as float32, row-major. */
  public float[] readFloats(String name) {
    TensorType type = type(name);
    float[] values = new float[elements(name)];
    try {
      readChunks(
          name,
          (start, bytes) ->
              type.decode(
                  bytes,
                  values,
                  Math.toIntExact(start / type.bytes()),
                  bytes.limit() / type.bytes()));
    } catch (IOException e) {
      throw new ModelException(path() + " cannot be read: " + e.getMessage(), e);
    }
    return values;
  }

  private int elements(String name) {
    long elements = tensor(name).elements();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new ModelException(
          String.format(
              Locale.ROOT,
              "%s: tensor %s has %d elements, more than an array holds",
              path(),
              name,
              elements));
    }
    return (int) elements;
  }

  /** Hands over a tensor's bytes, as {@link SizedFile#readChunks} does. */
  void readChunks(String name, SizedFile.ChunkReader reader) throws IOException {
    StoredTensor tensor = tensor(name);
    file.readChunks(dataStart + tensor.start(), tensor.bytes(), reader);
  }

  private StoredTensor tensor(String name) {
    StoredTensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new ModelException(path() + " has no tensor " + name);
    }
    return tensor;
  }
}
