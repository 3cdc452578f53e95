package org.rlhfstreams.datasets;

import java.util.List;
import java.util.Set;
import org.rlhfstreams.events.ChatMessage;

/** One way in which data sets write preferences down. */
interface PreferenceShape {
  /** What it is called, for people. */
  String name();

  /** Whether rows with these columns are of it. */
  boolean fits(Set<String> columns);

  /**
   * What a row says.
   *
   * @throws BadRowException where it says it wrongly
   */
  Content content(DataRow row) throws BadRowException;

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

    Content withLabel(boolean desirable) {
      return new Content(prompt, messages, chosen, rejected, desirable, margin);
    }

    Content withMargin(double by) {
      return new Content(prompt, messages, chosen, rejected, label, by);
    }
  }
}
