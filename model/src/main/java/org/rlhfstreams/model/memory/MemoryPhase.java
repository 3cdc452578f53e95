package org.rlhfstreams.model.memory;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What is resident at one point of a task.
 *
 * @param name of the point, such as {@code loading}
 * @param parts bytes by what they are for; parts that are missing take none
 */
public record MemoryPhase(String name, Map<MemoryPart, Long> parts) {
  public MemoryPhase {
    parts = Collections.unmodifiableMap(new EnumMap<>(parts));
  }

  /** Bytes of a part. */
  public long bytes(MemoryPart part) {
    return parts.getOrDefault(part, 0L);
  }

  /** Bytes in all. */
  public long total() {
    return parts.values().stream().mapToLong(Long::longValue).sum();
  }
}
