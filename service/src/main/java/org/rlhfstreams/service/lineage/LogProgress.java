package org.rlhfstreams.service.lineage;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the stages say that they have come, as of a time before the log was read: what is before
 * such a place and has not come out behind the stage is lost.
 */
final class LogProgress {
  private final Map<LogSource, long[]> done = new EnumMap<>(LogSource.class);
  private final Map<Integer, Long> runs = new HashMap<>();
  private final Map<LogSource, long[]> joined = new EnumMap<>(LogSource.class);
  private final SortedMap<Integer, long[]> scorers = new TreeMap<>();

  /** A stage is done with everything before an offset of what it reads. */
  void reached(LogSource source, int partition, long offset) {
    note(done, source, partition, offset);
  }

  /** The join of scores is done with everything before an offset of what it reads. */
  void reachedByJoin(LogSource source, int partition, long offset) {
    note(joined, source, partition, offset);
  }

  /** A scorer is done with all rollouts before an offset. */
  void reachedByScorer(int scorer, int partition, long offset) {
    note(scorers, scorer, partition, offset);
  }

  private static <K> void note(Map<K, long[]> places, K key, int partition, long offset) {
    long[] offsets = places.getOrDefault(key, new long[0]);
    if (partition >= offsets.length) {
      offsets = Arrays.copyOf(offsets, partition + 1);
    }
    offsets[partition] = Math.max(offsets[partition], offset);
    places.put(key, offsets);
  }

  /** A learner's run is done with everything before an offset of the partition that it reads. */
  void reached(int run, long offset) {
    runs.merge(run, offset, Math::max);
  }

  boolean isPassed(LogSource source, long place) {
    return isBefore(done.get(source), place);
  }

  boolean isJoined(LogSource source, long place) {
    return isBefore(joined.get(source), place);
  }

  boolean isPassedByScorer(int scorer, long place) {
    return isBefore(scorers.get(scorer), place);
  }

  /** Scorers that say how far they have come: each counts once by itself. */
  Set<Integer> scorers() {
    return scorers.keySet();
  }

  private static boolean isBefore(long[] offsets, long place) {
    int partition = LogPlace.partition(place);
    return offsets != null
        && partition < offsets.length
        && LogPlace.offset(place) < offsets[partition];
  }

  boolean isPassedBy(int run, long place) {
    return LogPlace.offset(place) < runs.getOrDefault(run, 0L);
  }
}
