package org.rlhfstreams.model;

import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import org.rlhfstreams.model.files.SafetensorsFile;

/** Where the golden checkpoints lie. */
public final class Goldens {
  private Goldens() {}

  /** A checkpoint's directory. */
  public static Path model(String name) {
    return resource("/goldens/models/" + name);
  }

  /** A file or directory among the tests' resources. */
  public static Path resource(String name) {
    try {
      return Path.of(Goldens.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Elements of an I64 tensor, row-major. */
  public static long[] integers(SafetensorsFile file, String name) {
    LongBuffer stored = file.bytes(name).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    long[] values = new long[stored.remaining()];
    stored.get(values);
    return values;
  }

  /** The starter's tokenizer and architecture, of the project's root. */
  public static Path starter() {
    return Path.of("..", "starter");
  }
}
