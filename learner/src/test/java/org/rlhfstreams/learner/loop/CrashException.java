package org.rlhfstreams.learner.loop;

/** What a test's learner does not survive. */
final class CrashException extends RuntimeException {
  private static final long serialVersionUID = 1L;
}
