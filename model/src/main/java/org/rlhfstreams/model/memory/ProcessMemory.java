package org.rlhfstreams.model.memory;

import java.util.EnumMap;
import java.util.Map;

/** What was measured and cannot be counted: the process without a model, and its allocator. */
final class ProcessMemory {
  /**
   * Resident bytes of the Java machine under {@code jvm.options}, libtorch and oneDNN, with the
   * decoder compiled, the loader's stage of 4 MiB, and a model of no size at work.
   */
  static final long BYTES = 250L << 20;

  /**
   * Share of the activations' memory, and of what else comes and goes, that the C library holds on
   * top, in gaps that freed values leave between kept ones.
   */
  private static final double GAPS = 0.5;

  private ProcessMemory() {}

  /** Bytes of gaps beside so many bytes that come and go. */
  static long allocatorKeeps(long activations) {
    return Math.round(GAPS * activations);
  }

  /** Parts to add to, with what every process has. */
  static Map<MemoryPart, Long> parts(long fileBytes) {
    Map<MemoryPart, Long> parts = new EnumMap<>(MemoryPart.class);
    parts.put(MemoryPart.PROCESS, BYTES);
    parts.put(MemoryPart.FILES, fileBytes);
    return parts;
  }
}
