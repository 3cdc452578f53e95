package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.conscrypt.Conscrypt;

/**
 * The SHA-256 of a version's bytes. Native where the platform allows: a machine whose Java code is
 * not worth optimising still hashes every byte of every version.
 */
final class WeightDigest {
  private static final String ALGORITHM = "SHA-256";

  private final MessageDigest digest = sha256();

  private static MessageDigest sha256() {
    try {
      return Conscrypt.isAvailable()
          ? MessageDigest.getInstance(ALGORITHM, Conscrypt.newProvider())
          : MessageDigest.getInstance(ALGORITHM);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /** Adds the bytes that remain in a buffer, which stays as it is. */
  void add(ByteBuffer bytes) {
    digest.update(bytes.duplicate());
  }

  /** The digest of all that was added, in hexadecimal. */
  String hexadecimal() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
