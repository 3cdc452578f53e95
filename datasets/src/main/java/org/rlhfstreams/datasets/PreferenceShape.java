package org.rlhfstreams.datasets;

import java.util.List;
import org.rlhfstreams.events.ChatMessage;

/** One way in which data sets write preferences down. */
interface PreferenceShape extends RowShape<PreferenceShape.Content> {
  /**
   * A preference without identity; {@code prompt} or {@code messages} is empty, and what is null is
   * not known.
   */
  record Content(
      String prompt,
      List<ChatMessage> messages,
      String chosen,
      String rejected,
      Boolean label,
      Double margin) {
    /** After a prompt that is plain text. */
    static Content of(String prompt, String chosen, String rejected) {
      return new Content(prompt, List.of(), chosen, rejected, null, null);
    }

    /** After a conversation. */
    static Content of(List<ChatMessage> messages, String chosen, String rejected) {
      return new Content("", messages, chosen, rejected, null, null);
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
      return new Content(prompt, messages, chosen, rejected, desirable, margin);
    }

    Content withMargin(double by) {
      return new Content(prompt, messages, chosen, rejected, label, by);
    }
  }
}
