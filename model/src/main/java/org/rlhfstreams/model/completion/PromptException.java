package org.rlhfstreams.model.completion;

import java.util.Optional;
import org.rlhfstreams.common.ExplainedException;

/** A prompt that cannot be continued; the message says why and what to do. */
public final class PromptException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  private static final String TOOLS = "tools";

  private final String field;

  public PromptException(String message) {
    super(message);
    this.field = null;
  }

  private PromptException(String field, String message) {
    super(message);
    this.field = field;
  }

  /** The tools are at fault, not the messages. */
  static PromptException ofTools(String message) {
    return new PromptException(TOOLS, message);
  }

  public PromptException(String message, Throwable cause) {
    super(message, cause);
    this.field = null;
  }

  /** Whether the tools are at fault, not the messages. */
  public boolean isOfTools() {
    return TOOLS.equals(field);
  }

  /** The part of the prompt that is at fault, if it is not the prompt itself. */
  public Optional<String> field() {
    return Optional.ofNullable(field);
  }
}
