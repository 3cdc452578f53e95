package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.learner.data.IdentityDigests;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people ask of a learner, from {@code controls}: those commands that were given since the run
 * began, each once by its id, also across restarts. Those for admission are passed over.
 */
public final class Controls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Controls.class);
  private static final long LOOK_EVERY = Duration.ofMillis(100).toNanos();

  private final TopicPartition partition;
  private final TopicReader reader;
  private final RecordHandler commands;
  private final IdentityDigests seen = new IdentityDigests();
  private final Deque<Asked> waiting = new ArrayDeque<>();
  private long offset;
  private long lookedAt;

  public Controls(KafkaConnection connection) {
    this.partition = new TopicPartition(connection.topics().controls().name(), 0);
    this.reader = TopicReader.of(connection, partition);
    this.commands =
        RecordHandler.decoding(
            connection.decoder(ControlCommand.class),
            this::note,
            (record, reason) ->
                LOG.warn(
                    "a record of {} is no command and counts as none: {}",
                    record.topic(),
                    reason.getMessage()));
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
    long end = reader.ask(consumer -> consumer.endOffsets(List.of(partition)).get(partition));
    offset = at.orElse(end);
    reader.seekToBeginning();
    reader.readTo(Map.of(partition, end), commands);
    lookedAt = System.nanoTime();
  }

  private void note(ConsumerRecord<String, byte[]> record, ControlCommand command) {
    boolean isNew = seen.add(command.getCommandId());
    if (isNew && record.offset() >= offset && isForLearners(command.getAction())) {
      waiting.add(new Asked(record, command));
    }
  }

  private static boolean isForLearners(ControlAction action) {
    return action == ControlAction.CHECKPOINT || action == ControlAction.ROLL_BACK;
  }

  /** Whether something has been asked and not been taken. */
  boolean isWaiting() {
    if (waiting.isEmpty() && System.nanoTime() - lookedAt > LOOK_EVERY) {
      lookedAt = System.nanoTime();
      while (reader.readNext(Duration.ZERO, commands)) {} // a step does not wait for the registry
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
    reader.close();
  }
}
