package org.rlhfstreams.model.generation;

/**
 * Uniform draws as a pure function of (seed, counter), so that a response does not depend on which
 * rows share its batch or when it entered. The mixing is SplitMix64's (Steele et al. 2014).
 */
final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private CounterRandom() {}

  /** In [0, 1), with 53 random bits. */
  static double uniform(long seed, long counter) {
    long mixed = mix(mix(seed + GOLDEN) + (counter + 1) * GOLDEN);
    return (mixed >>> 11) * 0x1.0p-53;
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
