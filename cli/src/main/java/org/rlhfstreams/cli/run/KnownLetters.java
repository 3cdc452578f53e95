package org.rlhfstreams.cli.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.learner.data.IdentityDigests;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/**
 * The rows that have a dead letter already, from one reading of the topic; 24 to 48 bytes each.
 * None are known to a client that may not read it.
 */
final class KnownLetters {
  private final IdentityDigests letters = new IdentityDigests();

  /**
   * Reads them.
   *
   * @throws CommandException if the topic cannot be read
   */
  static KnownLetters read(KafkaConnection connection) {
    KnownLetters known = new KnownLetters();
    Topic topic = connection.topics().deadLetters();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          topic,
          connection.decoder(DeadLetter.class),
          (record, letter) -> {
            if (letter.getKind().equals(DeadLetterKind.ROW.text())) {
              known.add(letter);
            }
          });
      return known;
    } catch (AuthorizationException e) {
      return known;
    } catch (ExecutionException e) {
      new BrokerRefusal(connection).endIn(e);
      throw new CommandException(
          topic.name()
              + " cannot be read, so that it is not known which bad rows it has: "
              + RootCause.message(e)
              + "; try again once the broker answers",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted before anything was published", e);
    }
  }

  /**
   * Notes a row's letter.
   *
   * @return whether it is new
   */
  boolean add(DeadLetter letter) {
    ByteBuffer value = letter.getValue();
    String content =
        value == null ? "" : StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    return letters.add(
        String.join(
            "\n",
            letter.getTopic(),
            String.valueOf(letter.getOffset()),
            letter.getReason(),
            content));
  }
}
