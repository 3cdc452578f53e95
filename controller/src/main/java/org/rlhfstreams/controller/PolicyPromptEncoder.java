package org.rlhfstreams.controller;

import java.util.List;
import java.util.Locale;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.completion.PromptEncoding;
import org.rlhfstreams.model.completion.PromptException;
import org.rlhfstreams.model.text.ChatMessage;
import org.rlhfstreams.model.text.TemplateVariables;
import org.rlhfstreams.topology.admission.EncodedPrompt;
import org.rlhfstreams.topology.admission.PromptEncoder;
import org.rlhfstreams.topology.admission.PromptRefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prompts as the policy's tokens: plain text as its tokenizer begins a text, conversations by its
 * chat template, up to where the assistant answers.
 */
final class PolicyPromptEncoder implements PromptEncoder {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyPromptEncoder.class);

  private final PromptEncoding encoding;
  private final int longest;
  private boolean warned; // one thread encodes

  /**
   * @param longest tokens of a prompt that leave room for a response
   */
  PolicyPromptEncoder(PromptEncoding encoding, int longest) {
    this.encoding = encoding;
    this.longest = longest;
  }

  @Override
  public EncodedPrompt encode(Prompt prompt) throws PromptRefusedException {
    boolean conversation = !prompt.getMessages().isEmpty();
    if (!conversation && (prompt.getText() == null || prompt.getText().isEmpty())) {
      throw new PromptRefusedException(
          "prompt " + prompt.getPromptId() + " has neither text nor messages");
    }
    int[] tokenIds;
    try {
      tokenIds =
          conversation
              ? conversation(prompt)
              : encoding.encode(CompletionPrompt.of(prompt.getText()));
    } catch (PromptException | ModelException | IllegalArgumentException e) {
      throw new PromptRefusedException("prompt " + prompt.getPromptId() + ": " + e.getMessage());
    }
    if (tokenIds.length > longest) {
      throw new PromptRefusedException(
          String.format(
              Locale.ROOT,
              ("prompt %s has %d tokens; the policy's positions leave room for %d: shorten it or lower"
                  + " sampling.max-new-tokens"),
              prompt.getPromptId(),
              tokenIds.length,
              longest));
    }
    String text = conversation ? encoding.tokenizer().decode(tokenIds, false) : prompt.getText();
    return new EncodedPrompt(text, tokenIds);
  }

  /** With tools, unless the template ignores them: then as without, as in training on files. */
  private int[] conversation(Prompt prompt) {
    TemplateVariables variables = TemplateVariables.of(prompt.getTemplateVariables());
    List<ChatMessage> messages = messages(prompt);
    try {
      return encoding.encode(
          new CompletionPrompt.Conversation(messages, variables.tools(), variables.others()));
    } catch (PromptException e) {
      if (!e.isOfTools()) {
        throw e;
      }
      if (!warned) {
        warned = true;
        LOG.warn(
            "The chat template leaves out the tools of prompt {}: the policy answers as without"
                + " them. Use a model that was trained to call tools, or give it a"
                + " chat_template.jinja that renders them.",
            prompt.getPromptId());
      }
      return encoding.encode(
          new CompletionPrompt.Conversation(messages, List.of(), variables.others()));
    }
  }

  private static List<ChatMessage> messages(Prompt prompt) {
    return prompt.getMessages().stream()
        .map(
            message -> ChatMessage.of(message.getRole(), message.getContent(), message.getFields()))
        .toList();
  }
}
