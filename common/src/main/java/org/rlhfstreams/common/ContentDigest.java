package org.rlhfstreams.common;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Stands for a text of any length, where only equality matters: the first 128 bits of its SHA-256.
 *
 * @param high bits
 * @param low bits
 */
public record ContentDigest(long high, long low) {
  private static final int BYTES = 2 * Long.BYTES;

  /** Of several parts; which part a character is in makes a difference. */
  public static ContentDigest of(Object... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Object part : parts) {
        byte[] bytes = String.valueOf(part).getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
      }
      return from(ByteBuffer.wrap(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What {@link #bytes} has made. */
  public static ContentDigest from(ByteBuffer bytes) {
    return new ContentDigest(bytes.getLong(), bytes.getLong());
  }

  /** The bits as {@value #BYTES} bytes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  /**
   * The first 96 bits, as 24 hexadecimal digits. The probability that any two of 10⁹ texts share
   * them is below 10⁻¹⁰.
   */
  public String shortText() {
    HexFormat digits = HexFormat.of();
    return digits.toHexDigits(high) + digits.toHexDigits(low >>> Integer.SIZE, 8);
  }
}
