package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.text.ChatMessage;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.MarkedText;

/** What a preference's prompt and responses are as texts: conversations by the chat template. */
final class PreferenceTexts {
  private final Optional<ChatTemplate> template;
  private final Optional<IgnoredFields> ignored;

  /**
   * A prompt and its responses.
   *
   * @param prompt alone; empty if the responses are all there is
   * @param whole prompt and response, of each response
   * @param rendered whether a chat template gave them
   */
  record Texts(String prompt, List<MarkedText> whole, boolean rendered) {}

  /**
   * A response.
   *
   * @param messages the response to a conversation if a text does not say all of it, or the whole
   *     conversation if there is nothing before; else empty
   */
  record Response(String text, List<org.rlhfstreams.events.ChatMessage> messages) {
    static Response chosen(Preference preference) {
      return new Response(preference.getChosen(), preference.getChosenMessages());
    }

    static Response rejected(Preference preference) {
      return new Response(preference.getRejected(), preference.getRejectedMessages());
    }
  }

  PreferenceTexts(Optional<ChatTemplate> template) {
    this.template = template;
    this.ignored = template.map(IgnoredFields::new);
  }

  /**
   * The texts, with a prompt that ends with what begins an answer.
   *
   * @throws UnusableException if a conversation cannot be rendered
   */
  Texts of(Preference preference, List<Response> responses) throws UnusableException {
    return of(
        preference,
        responses,
        row -> template.orElseThrow().render(row.prompt(), row.tools(), true, row.variables()));
  }

  /**
   * The texts, with a prompt that is gone on with where the assistant spoke last.
   *
   * @throws UnusableException if a conversation cannot be rendered
   */
  Texts continued(Preference preference, List<Response> responses) throws UnusableException {
    return of(preference, responses, this::continued);
  }

  private String continued(PreferenceConversation row) {
    String role = (String) row.prompt().get(row.prompt().size() - 1).fields().get("role");
    boolean asked = role.equals("user") || role.equals("tool");
    Optional<String> goneOnWith =
        role.equals("assistant")
            ? template.orElseThrow().renderContinued(row.prompt(), row.tools(), row.variables())
            : Optional.empty();
    return goneOnWith.orElseGet(
        () -> template.orElseThrow().render(row.prompt(), row.tools(), asked, row.variables()));
  }

  private interface PromptRendering {
    String of(PreferenceConversation row);
  }

  private Texts of(Preference preference, List<Response> responses, PromptRendering prompts)
      throws UnusableException {
    return isConversation(preference)
        ? ofConversation(preference, responses, prompts)
        : ofText(preference.getPrompt(), responses);
  }

  /** Whether a preference's prompt is a conversation, or its answer a whole one. */
  static boolean isConversation(Preference preference) {
    return !preference.getMessages().isEmpty()
        || (preference.getPrompt().isEmpty() && !preference.getChosenMessages().isEmpty());
  }

  private static Texts ofText(String prompt, List<Response> responses) {
    return new Texts(
        prompt,
        responses.stream()
            .map(response -> new MarkedText(prompt + response.text(), List.of()))
            .toList(),
        false);
  }

  private Texts ofConversation(
      Preference preference, List<Response> responses, PromptRendering prompts)
      throws UnusableException {
    if (template.isEmpty()) {
      throw new UnusableException(
          "it is a conversation, but the model has no chat template: give the model one"
              + " (chat_template.jinja), or make the row a text");
    }
    PreferenceConversation row = PreferenceConversation.of(preference);
    List<MarkedText> whole = new ArrayList<>();
    try {
      for (Response response : responses) {
        List<ChatMessage> messages = row.answered(response.text(), response.messages());
        MarkedText text = template.get().renderMarked(messages, row.tools(), row.variables());
        ignored.get().check(preference.getPreferenceId(), row, messages, text.text());
        whole.add(text);
      }
      return new Texts(row.prompt().isEmpty() ? "" : prompts.of(row), whole, true);
    } catch (ModelException e) {
      throw new UnusableException(e.getMessage());
    }
  }
}
