package org.rlhfstreams.controller;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The rule that topologies that do not start say what they may wait for. A broker that was killed
 * may come back with a group coordinator that has lost track (seen with Kafka 4.3.1): it names an
 * open transaction that ended long ago, and Kafka Streams asks for the offsets behind it for ever.
 */
final class StartingTopologies {
  private static final Duration USUAL = Duration.ofSeconds(60);

  private final String group;
  private final LongSupplier nanoTime;
  private volatile long since;

  /**
   * @param group whose offsets they ask for
   */
  StartingTopologies(String group, LongSupplier nanoTime) {
    this.group = group;
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /** They were running, and are not any more. */
  void again() {
    since = nanoTime.getAsLong();
  }

  /** Why nothing is processed yet. */
  String reason() {
    Duration waited = Duration.ofNanos(nanoTime.getAsLong() - since);
    return waited.compareTo(USUAL) < 0
        ? "the topologies are starting"
        : String.format(
            Locale.ROOT,
            "the topologies have been starting for %d s; if that does not end, the broker may have lost track of the offsets of %s: restart the broker that coordinates this group, which kafka-consumer-groups.sh --describe --state --group %s names",
            waited.toSeconds(),
            group,
            group);
  }
}
