package org.rlhfstreams.cli.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.rlhfstreams.cli.dataset.PreferenceShape.Content;
import org.rlhfstreams.events.ChatMessage;

/** What every row must pass, whatever its shape, and across all files of a data set. */
final class RowCheck {
  // Digests, not texts: a million rows take 50 MB of the heap.
  private final Set<Long> seen = new HashSet<>();

  /**
   * Checks a row.
   *
   * @throws BadRowException naming the fault
   */
  void check(Content content) throws BadRowException {
    boolean prompted = !content.prompt().isBlank() || !content.messages().isEmpty();
    boolean answers = content.rejected() != null || content.label() != null;
    if (answers && !prompted) {
      throw new BadRowException("empty prompt", "its prompt is empty");
    }
    for (ChatMessage message : content.messages()) {
      if (message.getContent().isBlank() && message.getRole().equals("user")) {
        throw new BadRowException("empty prompt", "a message of the user is empty");
      }
    }
    if (content.chosen().isBlank()
        || (content.rejected() != null && content.rejected().isBlank())) {
      throw new BadRowException("empty response", "a response is empty");
    }
    if (content.chosen().equals(content.rejected())) {
      throw new BadRowException("chosen equals rejected", "both responses are the same");
    }
    if (!seen.add(digest(content))) {
      throw new BadRowException("duplicate", "an earlier row says the same");
    }
  }

  private static long digest(Content content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (ChatMessage message : content.messages()) {
        add(digest, message.getRole());
        add(digest, message.getContent());
      }
      for (Object part :
          List.of(
              content.prompt(),
              content.chosen(),
              String.valueOf(content.rejected()),
              String.valueOf(content.label()))) {
        add(digest, part.toString());
      }
      return ByteBuffer.wrap(digest.digest()).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java machine has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }
}
