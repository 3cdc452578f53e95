package org.rlhfstreams.reward;

import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.topology.admission.EncodedPrompt;
import org.rlhfstreams.topology.admission.PromptEncoder;
import org.rlhfstreams.topology.admission.PromptRefusedException;

/** Encodes prompts with the policy's tokenizer. */
final class PolicyPromptEncoder implements PromptEncoder {
  private final Tokenizer tokenizer;
  private final int longest;

  /**
   * @param longest tokens of a prompt that leave room for a response
   */
  PolicyPromptEncoder(Tokenizer tokenizer, int longest) {
    this.tokenizer = tokenizer;
    this.longest = longest;
  }

  @Override
  public EncodedPrompt encode(Prompt prompt) throws PromptRefusedException {
    if (!prompt.getMessages().isEmpty()) {
      throw new PromptRefusedException(
          "prompt "
              + prompt.getPromptId()
              + " is a conversation: render it with the policy's chat template first");
    }
    String text = prompt.getText();
    if (text == null || text.isEmpty()) {
      throw new PromptRefusedException(
          "prompt " + prompt.getPromptId() + " has neither text nor messages");
    }
    int[] tokenIds = tokenizer.encode(text);
    if (tokenIds.length > longest) {
      throw new PromptRefusedException(
          ("prompt %s has %d tokens; the policy's positions leave room for %d: shorten it or lower"
                  + " sampling.max-new-tokens")
              .formatted(prompt.getPromptId(), tokenIds.length, longest));
    }
    return new EncodedPrompt(text, tokenIds);
  }
}
