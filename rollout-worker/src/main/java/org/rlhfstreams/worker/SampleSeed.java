package org.rlhfstreams.worker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The rule that a response's random draws follow from the run's seed and the rollout's identity; of
 * one that measures a version from its prompt's alone, so that all versions draw the same.
 */
final class SampleSeed {
  private SampleSeed() {}

  /**
   * The seed of one response.
   *
   * @param seed of the run
   * @param identity {@code requestId/sampleIndex}, or {@code promptId/evaluation/sampleIndex}
   */
  static long of(long seed, String identity) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((seed + ":" + identity).getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
