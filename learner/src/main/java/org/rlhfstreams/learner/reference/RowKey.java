package org.rlhfstreams.learner.reference;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.rlhfstreams.model.training.TokenRow;

/** The identity of a response to a prompt: half of the SHA-256 of its token ids. */
final class RowKey {
  private static final int BYTES = 16;

  private RowKey() {}

  static byte[] of(TokenRow row) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (row.tokenIds().length + 1));
    bytes.putInt(row.responseStart());
    for (int id : row.tokenIds()) {
      bytes.putInt(id);
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
      return Arrays.copyOf(digest, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java machine has SHA-256", e);
    }
  }
}
