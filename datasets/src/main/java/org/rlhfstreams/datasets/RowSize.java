package org.rlhfstreams.datasets;

import java.util.List;
import java.util.Locale;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.schemas.Topics;

/** The rule how much text a row may have: what fits into a record, however badly it compresses. */
final class RowSize {
  private static final int RESERVE = 1 << 16;
  private static final int LARGEST = Topics.LARGEST_BATCH - RESERVE;

  private long bytes;

  /** Adds a text; null has no size. */
  RowSize add(String text) {
    for (int i = 0; text != null && i < text.length(); i++) {
      char character = text.charAt(i);
      // Each half of a pair takes two of its four bytes.
      bytes += character < 0x80 ? 1 : character < 0x800 || Character.isSurrogate(character) ? 2 : 3;
    }
    return this;
  }

  /** Adds all that messages say. */
  RowSize add(List<ChatMessage> messages) {
    for (ChatMessage message : messages) {
      add(message.getRole()).add(message.getContent()).add(message.getFields());
    }
    return this;
  }

  /**
   * Checks what was added.
   *
   * @throws BadRowException if it does not fit
   */
  void require() throws BadRowException {
    if (bytes > LARGEST) {
      throw new BadRowException(
          "too large",
          String.format(
              Locale.ROOT,
              "it has %,d KiB of text, and a record of the log holds %,d: shorten it",
              bytes >> 10,
              LARGEST >> 10));
    }
  }
}
