package org.rlhfstreams.learner.loop;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.InputPosition;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.GroupPositions;
import org.rlhfstreams.service.log.LogIdentity;

/**
 * The rule that a run has one owner by the log's own word: the learner that claimed it last, on
 * {@code positions}. A producer that was fenced does not tell whether another learner has taken
 * over or the broker has only ended a transaction that took too long, so the owner is read from the
 * log before a step is published again. A position also has the step that was published with it,
 * which a broker cannot forget.
 */
final class RunOwnership {
  private static final long NONE = -1;

  private final GroupPositions positions;
  private final TopicPartition partition;
  private final String topicId;
  private final String owner = incarnation();
  private final Consumer<?, ?> consumer;

  /**
   * @param group the run's, without the prefix
   * @param partition that the learner reads
   * @param consumer knows the group's offsets at the broker, which releases that wrote no positions
   *     relied on; not closed here
   */
  RunOwnership(
      KafkaConnection connection, String group, TopicPartition partition, Consumer<?, ?> consumer) {
    this.positions = new GroupPositions(connection, group);
    this.partition = partition;
    this.consumer = consumer;
    this.topicId = new LogIdentity(connection).of(Set.of(partition.topic())).get(partition.topic());
  }

  /** This process, and this start of it, for people. */
  private static String incarnation() {
    ProcessHandle process = ProcessHandle.current();
    return String.format(
        Locale.ROOT,
        "%s, process %d, learner of %s (%04x)",
        host(),
        process.pid(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        ThreadLocalRandom.current().nextInt(1 << 16));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown host";
    }
  }

  /**
   * The newest step that has left, 0 for the weights that the run starts from, or -1.
   *
   * @throws ConnectionException if what the run has read is another log now
   */
  long publishedStep() {
    Optional<InputPosition> newest = newest();
    if (newest.isEmpty()) {
      return step(committed());
    }
    InputPosition position = newest.get();
    LogIdentity.requireSame(
        positions.group(), partition.topic(), position.getOffset(), position.getTopicId(), topicId);
    return position.getStep() == null ? NONE : position.getStep();
  }

  private Optional<OffsetAndMetadata> committed() {
    return Optional.ofNullable(consumer.committed(Set.of(partition)).get(partition));
  }

  private static long step(Optional<OffsetAndMetadata> committed) {
    return committed
        .map(OffsetAndMetadata::metadata)
        .filter(step -> !step.isEmpty())
        .map(Long::parseLong)
        .orElse(NONE);
  }

  private Optional<InputPosition> newest() {
    return Optional.ofNullable(positions.newest(Set.of(partition)).get(partition));
  }

  /** Says that this learner is the owner now, at the place where the run is. */
  ProducerRecord<String, Object> claim() {
    Optional<InputPosition> newest = newest();
    if (newest.isPresent()) {
      InputPosition position = newest.get();
      return positions.record(
          partition, position.getTopicId(), position.getOffset(), position.getStep(), owner);
    }
    Optional<OffsetAndMetadata> committed = committed();
    long step = step(committed);
    return positions.record(
        partition,
        topicId,
        committed.map(OffsetAndMetadata::offset).orElse(0L),
        step == NONE ? null : Long.valueOf(step),
        owner);
  }

  /** Says how far the run has come with a step. */
  ProducerRecord<String, Object> reached(long offset, long step) {
    return positions.record(partition, topicId, offset, step, owner);
  }

  /**
   * Checks that no other learner has claimed the run since.
   *
   * @throws ConnectionException if one has, saying which
   */
  void requireOwn() {
    Optional<InputPosition> newest = newest();
    if (newest.isPresent() && !newest.get().getMember().equals(owner)) {
      throw new ConnectionException(
          "another learner has taken over %s: %s. This one stops; the run goes on there"
              .formatted(positions.group(), newest.get().getMember()));
    }
  }
}
