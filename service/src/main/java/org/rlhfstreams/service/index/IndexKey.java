package org.rlhfstreams.service.index;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A key of several parts. Keys that begin with the same parts lie together, in the order of the
 * part that follows: numbers by size, texts by length and then by their bytes.
 */
public final class IndexKey {
  private final byte[] bytes;

  private IndexKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Of texts, whatever characters they have. */
  public static IndexKey of(String... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String part : parts) {
      byte[] text = part.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
      bytes.writeBytes(text);
    }
    return new IndexKey(bytes.toByteArray());
  }

  /**
   * The same and a number.
   *
   * @param number at least 0
   */
  public IndexKey with(long number) {
    return new IndexKey(
        ByteBuffer.allocate(bytes.length + Long.BYTES).put(bytes).putLong(number).array());
  }

  byte[] bytes() {
    return bytes;
  }
}
