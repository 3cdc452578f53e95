package org.rlhfstreams.datasets;

import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.codec.digest.MurmurHash3;
import org.rlhfstreams.datasets.PreferenceShape.Content;
import org.rlhfstreams.events.ChatMessage;

/** What every row must pass, whatever its shape, and across all files of a data set. */
final class RowCheck {
  // Digests, not texts: a million rows take 16 MB of the heap.
  private final LongSet seen = new LongOpenHashSet();

  /**
   * Checks a row.
   *
   * @throws BadRowException naming the fault
   */
  void check(Content content) throws BadRowException {
    boolean prompted =
        !content.prompt().isBlank()
            || !content.messages().isEmpty()
            || !content.chosenMessages().isEmpty();
    boolean answers = content.rejected() != null || content.label() != null;
    if (answers && !prompted) {
      throw new BadRowException("empty prompt", "its prompt is empty");
    }
    requireQuestions(content.messages());
    requireQuestions(content.chosenMessages());
    requireQuestions(content.rejectedMessages());
    if (isEmpty(content.chosen(), content.chosenMessages())
        || (content.rejected() != null
            && isEmpty(content.rejected(), content.rejectedMessages()))) {
      throw new BadRowException("empty response", "a response is empty");
    }
    if (content.chosen().equals(content.rejected())
        && content.chosenMessages().equals(content.rejectedMessages())) {
      throw new BadRowException("chosen equals rejected", "both responses are the same");
    }
    requireSize(content);
    if (!seen.add(digest(content))) {
      throw new BadRowException("duplicate", "an earlier row says the same");
    }
  }

  private static void requireQuestions(List<ChatMessage> messages) throws BadRowException {
    for (ChatMessage message : messages) {
      if (message.getContent().isBlank() && message.getRole().equals("user")) {
        throw new BadRowException("empty prompt", "a message of the user is empty");
      }
    }
  }

  private static boolean isEmpty(String text, List<ChatMessage> messages) {
    return text.isBlank() && messages.stream().noneMatch(MessageFields::says);
  }

  private static void requireSize(Content content) throws BadRowException {
    new RowSize()
        .add(content.messages())
        .add(content.chosenMessages())
        .add(content.rejectedMessages())
        .add(content.prompt())
        .add(content.chosen())
        .add(content.rejected())
        .add(content.templateVariables())
        .require();
  }

  private static long digest(Content content) {
    StringBuilder all = new StringBuilder();
    add(all, content.messages());
    add(all, content.prompt());
    add(all, content.chosen());
    add(all, String.valueOf(content.rejected()));
    add(all, String.valueOf(content.label()));
    add(all, content.chosenMessages());
    add(all, content.rejectedMessages());
    add(all, String.valueOf(content.templateVariables()));
    return MurmurHash3.hash128x64(all.toString().getBytes(StandardCharsets.UTF_8))[0];
  }

  private static void add(StringBuilder all, List<ChatMessage> messages) {
    for (ChatMessage message : messages) {
      add(all, message.getRole());
      add(all, message.getContent());
      add(all, String.valueOf(message.getFields()));
    }
  }

  private static void add(StringBuilder all, String text) {
    all.append(text.length()).append(':').append(text);
  }
}
