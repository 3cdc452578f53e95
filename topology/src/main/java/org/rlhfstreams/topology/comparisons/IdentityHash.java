package org.rlhfstreams.topology.comparisons;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Chance that is the same on every replay: a hash of what something is called. */
final class IdentityHash {
  private static final int NAME_BYTES = 6;

  private IdentityHash() {}

  /** Evenly spread over [0, 1). */
  static double unit(String identity) {
    return (ByteBuffer.wrap(digest(identity)).getLong() >>> 11) * 0x1.0p-53;
  }

  /** A name that tells nothing, 12 hexadecimal digits. */
  static String name(String identity) {
    return HexFormat.of().formatHex(digest(identity), 0, NAME_BYTES);
  }

  private static byte[] digest(String identity) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
