package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.learner.data.IdentityDigests;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people ask of a learner, from {@code controls}: those commands that were given since the run
 * began, each once by its id, also across restarts. Those for admission are passed over.
 */
public final class Controls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Controls.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long LOOK_EVERY = Duration.ofMillis(100).toNanos();

  private final TopicPartition partition;
  private final RecordDecoder<ControlCommand> decoder;
  private final KafkaConsumer<String, byte[]> consumer;
  private final IdentityDigests seen = new IdentityDigests();
  private final Deque<Asked> waiting = new ArrayDeque<>();
  private long offset;
  private long lookedAt;

  public Controls(KafkaConnection connection) {
    this.partition = new TopicPartition(connection.topics().controls().name(), 0);
    this.decoder = connection.decoder(ControlCommand.class);
    this.consumer = connection.plainConsumer();
    consumer.assign(List.of(partition));
  }

  /** A command and where it was read. */
  record Asked(ConsumerRecord<String, byte[]> record, ControlCommand command) {}

  /**
   * Begins with what is there.
   *
   * @param at where a run that goes on has come to; one that begins passes over what was asked
   *     before
   */
  void begin(OptionalLong at) {
    long end = consumer.endOffsets(List.of(partition)).get(partition);
    offset = at.orElse(end);
    consumer.seekToBeginning(List.of(partition));
    while (consumer.position(partition) < end) {
      if (!read(POLL)) {
        Pause.of(AFTER_FAILURE);
      }
    }
    lookedAt = System.nanoTime();
  }

  /** Reads on; false where the registry does not answer, and the same has to be read again. */
  private boolean read(Duration longest) {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(longest)) {
      try {
        ControlCommand command = decoder.decode(record.topic(), record.value());
        boolean isNew = seen.add(command.getCommandId());
        if (isNew && record.offset() >= offset && isForLearners(command.getAction())) {
          waiting.add(new Asked(record, command));
        }
      } catch (UndecodableException e) {
        LOG.warn(
            "a record of {} is no command and counts as none: {}", record.topic(), e.getMessage());
      } catch (RegistryUnavailableException e) {
        LOG.warn("{}; commands wait", e.getMessage());
        consumer.seek(partition, record.offset());
        return false;
      }
    }
    return true;
  }

  private static boolean isForLearners(ControlAction action) {
    return action == ControlAction.CHECKPOINT || action == ControlAction.ROLL_BACK;
  }

  /** Whether something has been asked and not been taken. */
  boolean isWaiting() {
    if (waiting.isEmpty() && System.nanoTime() - lookedAt > LOOK_EVERY) {
      lookedAt = System.nanoTime();
      boolean unused = read(Duration.ZERO);
    }
    return !waiting.isEmpty();
  }

  /** Takes the next; {@link #isWaiting} has said that there is one. */
  Asked take() {
    Asked asked = waiting.remove();
    offset = asked.record().offset() + 1;
    return asked;
  }

  /** Behind the newest command that was taken. */
  long offset() {
    return offset;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
