package org.rlhfstreams.common.terminal;

import java.util.Locale;

/** Durations for people. */
public final class Durations {
  private Durations() {}

  /** Such as {@code 42 s}, {@code 3:05} or {@code 1:02:03}. */
  public static String text(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
