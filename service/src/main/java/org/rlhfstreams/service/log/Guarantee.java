package org.rlhfstreams.service.log;

/**
 * Something that the broker has to do for the log to keep its promises.
 *
 * @param where topic, or broker
 * @param setting the broker's name of it
 * @param actual its value
 * @param needed in words, such as {@code at least 2}
 * @param state whether it is met
 * @param remedy what mends it; empty if it is met
 */
public record Guarantee(
    String where, String setting, String actual, String needed, State state, String remedy) {
  /** How it stands with a guarantee. */
  public enum State {
    /** It is met. */
    MET,
    /** It is not met, but nothing is lost in silence: what it costs is said when it happens. */
    WEAK,
    /** It is not met: records could be lost. */
    BROKEN
  }
}
