package org.rlhfstreams.scorers.judge;

import org.rlhfstreams.scorers.remote.UnusableAnswerException;

/**
 * Finds a verdict in what a judge says.
 *
 * @param <T> the verdict
 */
interface VerdictReader<T> {
  /**
   * Reads an answer.
   *
   * @throws UnusableAnswerException if it has no verdict
   */
  T read(String said) throws UnusableAnswerException;

  /** What a judge is told whose answer has no verdict. */
  String reminder();
}
