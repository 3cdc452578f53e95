package org.rlhfstreams.service.configuration;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * One end of a range of a topic, as a user names it.
 *
 * @param value the offset, or the time in milliseconds since 1970; 0 for the words
 */
public record RangeBound(Kind kind, long value) {
  private static final String OFFSET = "offset:";

  /** What a bound is named by. */
  public enum Kind {
    /** The oldest record that is kept. */
    BEGINNING,
    /** After the newest record that there is. */
    END,
    /** No bound: new records are waited for. */
    NEVER,
    /** A place in the log. */
    OFFSET,
    /** The first record that is not older. */
    TIME
  }

  /**
   * Reads a bound.
   *
   * @param key of the setting, for the message
   * @throws ConfigurationException where it is none
   */
  static RangeBound parse(String key, String text) {
    return switch (text) {
      case "beginning" -> new RangeBound(Kind.BEGINNING, 0);
      case "end" -> new RangeBound(Kind.END, 0);
      case "never" -> new RangeBound(Kind.NEVER, 0);
      default -> place(key, text);
    };
  }

  private static RangeBound place(String key, String text) {
    try {
      if (!text.startsWith(OFFSET)) {
        Instant time = OffsetDateTime.parse(text).toInstant();
        return new RangeBound(Kind.TIME, time.toEpochMilli());
      }
      long offset = Long.parseLong(text.substring(OFFSET.length()));
      if (offset >= 0) {
        return new RangeBound(Kind.OFFSET, offset);
      }
    } catch (DateTimeException | NumberFormatException e) {
      throw misfit(key, text);
    }
    throw misfit(key, text);
  }

  private static ConfigurationException misfit(String key, String text) {
    return new ConfigurationException(
        "%s = %s: expected %s, offset:N, or a time such as 2026-05-01T00:00:00Z"
            .formatted(key, text, key.endsWith("from") ? "beginning or end" : "end or never"));
  }
}
