package org.rlhfstreams.datasets;

import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.codec.digest.MurmurHash3;
import org.rlhfstreams.datasets.PreferenceShape.Content;
import org.rlhfstreams.events.ChatMessage;

/** What every row must pass, whatever its shape, and across all files of a data set. */
final class RowCheck {
  private static final int SEED = 104729;

  // Digests, not texts: a million rows take 16 MB of the heap.
  private final LongSet seen = new LongOpenHashSet();

  // One for all rows, which grows with the longest.
  private byte[] bytes = new byte[1 << 13];
  private int length;

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

  private long digest(Content content) {
    length = 0;
    add(content.messages());
    add(content.prompt());
    add(content.chosen());
    add(String.valueOf(content.rejected()));
    add(String.valueOf(content.label()));
    add(content.chosenMessages());
    add(content.rejectedMessages());
    add(String.valueOf(content.templateVariables()));
    return MurmurHash3.hash128x64(bytes, 0, length, SEED)[0];
  }

  private void add(List<ChatMessage> messages) {
    for (ChatMessage message : messages) {
      add(message.getRole());
      add(message.getContent());
      add(String.valueOf(message.getFields()));
    }
  }

  /** Puts a text behind what is there, with its length in front. */
  private void add(String text) {
    byte[] part = text.getBytes(StandardCharsets.UTF_8);
    int end = length + Integer.BYTES + part.length;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
    }
    ByteBuffer.wrap(bytes, length, end - length).putInt(part.length).put(part);
    length = end;
  }
}
