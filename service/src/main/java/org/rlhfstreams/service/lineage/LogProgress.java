package org.rlhfstreams.service.lineage;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * How far the stages say that they have come, as of a time before the log was read: what is before
 * such a place and has not come out behind the stage is lost.
 */
final class LogProgress {
  private final Map<LogSource, long[]> done = new EnumMap<>(LogSource.class);
  private final Map<Integer, Long> runs = new HashMap<>();

  /** A stage is done with everything before an offset of what it reads. */
  void reached(LogSource source, int partition, long offset) {
    long[] offsets = done.getOrDefault(source, new long[0]);
    if (partition >= offsets.length) {
      offsets = Arrays.copyOf(offsets, partition + 1);
    }
    offsets[partition] = Math.max(offsets[partition], offset);
    done.put(source, offsets);
  }

  /** A learner's run is done with everything before an offset of the partition that it reads. */
  void reached(int run, long offset) {
    runs.merge(run, offset, Math::max);
  }

  boolean isPassed(LogSource source, long place) {
    long[] offsets = done.get(source);
    int partition = LogPlace.partition(place);
    return offsets != null
        && partition < offsets.length
        && LogPlace.offset(place) < offsets[partition];
  }

  boolean isPassedBy(int run, long place) {
    return LogPlace.offset(place) < runs.getOrDefault(run, 0L);
  }
}
