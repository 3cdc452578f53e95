package org.rlhfstreams.controller;

import org.rlhfstreams.common.ExplainedException;

/** The topologies cannot go on; the message says of what they failed, how often, and what to do. */
final class TopologyException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  TopologyException(String message, Throwable cause) {
    super(message, cause);
  }
}
