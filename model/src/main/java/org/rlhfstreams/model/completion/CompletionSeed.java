package org.rlhfstreams.model.completion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The rule that the random draws of one of many completions follow from the seed of all and its
 * place among them: the first has the seed itself, so that it is what would have been written
 * alone.
 */
public final class CompletionSeed {
  private CompletionSeed() {}

  /** The seed of the completion at an index, counted from 0. */
  public static long of(long seed, long index) {
    if (index == 0) {
      return seed;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((seed + ":" + index).getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
