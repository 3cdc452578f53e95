package org.rlhfstreams.topology.admission;

import org.rlhfstreams.events.Prompt;

/** Turns a prompt into tokens. */
@FunctionalInterface
public interface PromptEncoder {
  /**
   * Encodes one.
   *
   * @throws PromptRefusedException with the reason for its dead letter
   */
  EncodedPrompt encode(Prompt prompt) throws PromptRefusedException;
}
