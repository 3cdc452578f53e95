package org.rlhfstreams.datasets;

import java.util.List;
import org.rlhfstreams.events.ChatMessage;

/** One way in which data sets write preferences down. */
interface PreferenceShape extends RowShape<PreferenceShape.Content> {
  /**
   * A preference without identity; {@code prompt} or {@code messages} is empty, or both where an
   * answer is all there is, and what is null is not known.
   */
  record Content(
      String prompt,
      List<ChatMessage> messages,
      String chosen,
      String rejected,
      List<ChatMessage> chosenMessages,
      List<ChatMessage> rejectedMessages,
      Boolean label,
      Double margin,
      String templateVariables) {
    /** After a prompt that is plain text. */
    static Content of(String prompt, String chosen, String rejected) {
      return new Content(
          prompt, List.of(), chosen, rejected, List.of(), List.of(), null, null, null);
    }

    /** After a conversation. */
    static Content of(List<ChatMessage> messages, String chosen, String rejected) {
      return new Content("", messages, chosen, rejected, List.of(), List.of(), null, null, null);
    }

    /**
     * After a conversation, with answers that may be more than a text: of several turns, or with a
     * call of a tool.
     *
     * @param messages none if the answers are whole conversations
     * @param rejected null unless it is a pair
     */
    static Content of(
        List<ChatMessage> messages, List<ChatMessage> chosen, List<ChatMessage> rejected) {
      boolean plain =
          !messages.isEmpty() && isText(chosen) && (rejected == null || isText(rejected));
      return new Content(
          "",
          messages,
          Conversations.lastWords(chosen),
          rejected == null ? null : Conversations.lastWords(rejected),
          plain ? List.of() : chosen,
          plain || rejected == null ? List.of() : rejected,
          null,
          null,
          null);
    }

    private static boolean isText(List<ChatMessage> answer) {
      return answer.size() == 1 && answer.get(0).getFields() == null;
    }

    /**
     * After the prompt of a row.
     *
     * @throws BadRowException if the row has none
     */
    static Content after(DataRow row, String chosen, String rejected) throws BadRowException {
      return Prompts.conversation(row)
          ? of(Prompts.messages(row), chosen, rejected)
          : of(Prompts.text(row), chosen, rejected);
    }

    Content withLabel(boolean desirable) {
      return new Content(
          prompt,
          messages,
          chosen,
          rejected,
          chosenMessages,
          rejectedMessages,
          desirable,
          margin,
          templateVariables);
    }

    Content withMargin(double by) {
      return new Content(
          prompt,
          messages,
          chosen,
          rejected,
          chosenMessages,
          rejectedMessages,
          label,
          by,
          templateVariables);
    }

    /** With what the row has for a conversation's template. */
    Content withTemplateVariables(DataRow row) throws BadRowException {
      return messages.isEmpty() && chosenMessages.isEmpty()
          ? this
          : new Content(
              prompt,
              messages,
              chosen,
              rejected,
              chosenMessages,
              rejectedMessages,
              label,
              margin,
              TemplateColumns.read(row));
    }
  }
}
