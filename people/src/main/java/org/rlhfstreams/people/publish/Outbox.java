package org.rlhfstreams.people.publish;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Where records leave. */
public interface Outbox {
  /**
   * A number that stays the same for as long as the views have all that the log has. Empty while it
   * is not known of every record that was handed over whether the log has it; nothing is taken
   * then.
   */
  OptionalLong session();

  /**
   * Hands over records that become visible together.
   *
   * @param session in which the views were asked; in another one the records are not sent
   * @param accepted run once they are in the log, before {@link CompletableFuture} completes
   * @return completes when all replicas have them; exceptionally where that is not known
   */
  CompletableFuture<Void> send(
      long session, List<ProducerRecord<String, Object>> records, Runnable accepted);
}
