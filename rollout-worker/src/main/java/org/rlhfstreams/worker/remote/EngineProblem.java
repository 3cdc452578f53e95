package org.rlhfstreams.worker.remote;

import java.time.Duration;

/** An engine has not done what it was asked for. The message says what it said, and what to do. */
final class EngineProblem extends Exception {
  private static final long serialVersionUID = 1L;

  /** Whom it is about. */
  enum Kind {
    /** It cannot be reached, is starting, or has not answered in time. */
    AWAY,
    /** It has too much to do at the moment. */
    BUSY,
    /** It takes this request never. */
    REFUSED,
    /** It has failed, or has answered what cannot be. */
    BROKEN,
    /** It is of a kind, or started in a way, that cannot be used here. */
    UNSUITED
  }

  private final Kind kind;
  private final Duration pause;

  EngineProblem(Kind kind, String message) {
    this(kind, message, Duration.ZERO);
  }

  /**
   * @param pause that the engine asks for before the next request
   */
  EngineProblem(Kind kind, String message, Duration pause) {
    super(message);
    this.kind = kind;
    this.pause = pause;
  }

  Kind kind() {
    return kind;
  }

  Duration pause() {
    return pause;
  }
}
