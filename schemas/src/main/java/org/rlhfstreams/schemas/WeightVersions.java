package org.rlhfstreams.schemas;

import java.util.Comparator;
import org.rlhfstreams.events.WeightVersion;

/**
 * The order of weight versions: by generation, then by step. A rollback opens a new generation,
 * which is newer than any step of the old one.
 */
public final class WeightVersions {
  /** Oldest first. */
  public static final Comparator<WeightVersion> ORDER =
      Comparator.comparingInt(WeightVersion::getGeneration)
          .thenComparingLong(WeightVersion::getStep);

  private WeightVersions() {}

  /** For people and logs: {@code 0.12} is generation 0, step 12. */
  public static String text(WeightVersion version) {
    return version.getGeneration() + "." + version.getStep();
  }

  /** Whether {@code first} is newer. */
  public static boolean isNewer(WeightVersion first, WeightVersion second) {
    return ORDER.compare(first, second) > 0;
  }
}
