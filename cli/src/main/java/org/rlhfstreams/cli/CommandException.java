package org.rlhfstreams.cli;

import org.rlhfstreams.common.ExplainedException;

/** A command cannot do what it was asked; the message says why and what to do. */
public final class CommandException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public CommandException(String message) {
    super(message);
  }

  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
