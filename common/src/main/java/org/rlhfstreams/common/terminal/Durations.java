package org.rlhfstreams.common.terminal;

/** Durations for people. */
public final class Durations {
  private Durations() {}

  /** Such as {@code 42 s}, {@code 3:05} or {@code 1:02:03}. */
  public static String text(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return "%d:%02d".formatted(seconds / 60, seconds % 60);
    }
    return "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
