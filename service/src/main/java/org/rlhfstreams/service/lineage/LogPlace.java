package org.rlhfstreams.service.lineage;

import java.util.Comparator;
import java.util.Locale;
import org.rlhfstreams.schemas.Topics;

/**
 * Where a record lies.
 *
 * @param partition 0 to 2²⁰ - 1
 * @param offset 0 to 2⁴⁰ - 1
 */
@SuppressWarnings("EnumOrdinal") // an index in memory, which nothing keeps
record LogPlace(LogSource source, int partition, long offset) implements Comparable<LogPlace> {
  private static final int OFFSET_BITS = 40;
  private static final int PARTITION_BITS = 20;
  private static final LogSource[] SOURCES = LogSource.values();
  private static final Comparator<LogPlace> ORDER =
      Comparator.comparing(LogPlace::source)
          .thenComparingInt(LogPlace::partition)
          .thenComparingLong(LogPlace::offset);

  /** As a number, so that it needs no object; numbers are in the order of the log. */
  static long code(LogSource source, int partition, long offset) {
    return ((long) source.ordinal() << (OFFSET_BITS + PARTITION_BITS))
        | ((long) partition << OFFSET_BITS)
        | offset;
  }

  static LogPlace of(long code) {
    return new LogPlace(
        SOURCES[(int) (code >>> (OFFSET_BITS + PARTITION_BITS))], partition(code), offset(code));
  }

  static int partition(long code) {
    return (int) (code >>> OFFSET_BITS) & ((1 << PARTITION_BITS) - 1);
  }

  static long offset(long code) {
    return code & ((1L << OFFSET_BITS) - 1);
  }

  /** For people: {@code rlhf.rollouts-1@17}. */
  String text(Topics topics) {
    return String.format(Locale.ROOT, "%s-%d@%d", source.name(topics), partition, offset);
  }

  @Override
  public int compareTo(LogPlace other) {
    return ORDER.compare(this, other);
  }
}
