package org.rlhfstreams.worker.remote;

import org.rlhfstreams.common.ExplainedException;

/** An engine is given up; the message says why, and what to do. */
public final class EngineException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  EngineException(String message) {
    super(message);
  }
}
