package org.rlhfstreams.scorers.remote;

/**
 * Makes sense of an answer with status 200.
 *
 * @param <T> what it says
 */
@FunctionalInterface
public interface AnswerReader<T> {
  /**
   * Reads an answer.
   *
   * @throws UnusableAnswerException if it makes no sense
   */
  T read(String answer) throws UnusableAnswerException;
}
