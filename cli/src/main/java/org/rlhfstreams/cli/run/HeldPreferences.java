package org.rlhfstreams.cli.run;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.IdentityDigests;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/**
 * The preferences that hold: each once, those that were taken back left out, those that were
 * published again after that as they were the last time. The topic is read twice, so that only ids
 * are kept in memory.
 */
public final class HeldPreferences {
  private static final long NEVER = Long.MAX_VALUE;

  private final KafkaConnection connection;
  private final Map<String, Long> holdsFrom = new HashMap<>();
  private long withdrawn;

  public HeldPreferences(KafkaConnection connection) {
    this.connection = connection;
  }

  /**
   * Hands over each, in the order of the log.
   *
   * @throws CommandException if the topic cannot be read
   */
  public void forEach(Consumer<Preference> each) {
    holdsFrom.clear();
    read(
        (record, preference) -> {
          String id = preference.getPreferenceId();
          if (preference.getWithdrawn()) {
            holdsFrom.put(id, NEVER);
          } else {
            holdsFrom.computeIfPresent(
                id, (any, from) -> from == NEVER ? Long.valueOf(record.offset()) : from);
          }
        });
    withdrawn = holdsFrom.values().stream().filter(from -> from == NEVER).count();
    IdentityDigests handed = new IdentityDigests();
    read(
        (record, preference) -> {
          String id = preference.getPreferenceId();
          if (!preference.getWithdrawn()
              && record.offset() >= holdsFrom.getOrDefault(id, 0L)
              && handed.add(id)) {
            each.accept(preference);
          }
        });
  }

  /** How many were taken back, and not published again. */
  public long withdrawn() {
    return withdrawn;
  }

  private void read(BiConsumer<ConsumerRecord<String, byte[]>, Preference> handler) {
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(connection.topics().preferences(), connection.decoder(Preference.class), handler);
    } catch (ExecutionException e) {
      new BrokerRefusal(connection).endIn(e);
      throw new CommandException(
          "%s cannot be read: %s; try again once the broker answers"
              .formatted(connection.topics().preferences().name(), RootCause.message(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted", e);
    }
  }
}
