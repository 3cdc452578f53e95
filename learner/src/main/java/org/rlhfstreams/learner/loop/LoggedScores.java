package org.rlhfstreams.learner.loop;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.learner.data.LaterScores;
import org.rlhfstreams.service.index.IndexKey;
import org.rlhfstreams.service.index.TemporaryIndex;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.LogEnds;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code scores} says of rollouts, for a replay with rewards that its rollouts were not joined
 * with. It reads the topic when it is first asked, up to ends that the run's checkpoints remember:
 * what is scored later changes nothing. If a scorer has given a rollout several scores, the newest
 * counts. Values are on disk, in the run's own directory.
 */
final class LoggedScores implements LaterScores, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoggedScores.class);
  private static final Duration ANSWER_WITHIN = Duration.ofMinutes(1);

  private final KafkaConnection connection;
  private final Set<String> scorers;
  private final Path place;
  private List<Long> ends = List.of();
  private BooleanSupplier stopped = () -> false;
  private TemporaryIndex index;

  /**
   * @param scorers whose scores are wanted
   * @param place directory of the values
   */
  LoggedScores(KafkaConnection connection, Set<String> scorers, Path place) {
    this.connection = connection;
    this.scorers = Set.copyOf(scorers);
    this.place = place;
  }

  /** Decides to read what is there now. */
  void upToNow() {
    String topic = connection.topics().scores().name();
    try (Admin admin = connection.admin();
        TopicReader reader = TopicReader.ofTopics(connection::boundedConsumer, List.of(topic))) {
      int partitions = reader.partitions().size();
      List<Long> found = new ArrayList<>();
      for (int i = 0; i < partitions; i++) {
        found.add(LogEnds.written(admin, new TopicPartition(topic, i), ANSWER_WITHIN));
      }
      upTo(found);
    }
  }

  /**
   * Decides to read as a run before has.
   *
   * @param newEnds by partition, the first offset that is not read
   */
  void upTo(List<Long> newEnds) {
    if (!newEnds.equals(ends)) {
      ends = List.copyOf(newEnds);
      close();
    }
  }

  /** By partition, the first offset that is not read. */
  List<Long> ends() {
    return ends;
  }

  /** What ends a long read from now on. */
  void stoppedBy(BooleanSupplier condition) {
    stopped = condition;
  }

  /**
   * {@inheritDoc}
   *
   * @throws WakeupException if it was told to stop before all was read
   */
  @Override
  public OptionalDouble of(String rolloutId, String scorer) {
    if (index == null) {
      read();
    }
    return index
        .find(IndexKey.of(rolloutId, scorer))
        .map(bytes -> OptionalDouble.of(ByteBuffer.wrap(bytes).getDouble()))
        .orElseGet(OptionalDouble::empty);
  }

  private void read() {
    String topic = connection.topics().scores().name();
    LOG.info("{}: reading what rollouts were given later", topic);
    Map<TopicPartition, Long> until = new HashMap<>();
    IntStream.range(0, ends.size())
        .forEach(i -> until.put(new TopicPartition(topic, i), ends.get(i)));
    TemporaryIndex values = TemporaryIndex.open(place, "learner.output");
    // A run that was begun by an earlier release looks nothing up.
    boolean whole = until.isEmpty();
    try {
      whole = whole || isRead(until, values);
    } finally {
      if (!whole) {
        values.close();
      }
    }
    if (!whole) {
      throw new WakeupException();
    }
    index = values;
  }

  private boolean isRead(Map<TopicPartition, Long> until, TemporaryIndex values) {
    try (TopicReader reader =
        TopicReader.ofPartitions(connection::boundedConsumer, until.keySet())) {
      return reader.readTo(
          until,
          RecordHandler.decoding(
              connection.decoder(Score.class),
              (record, score) -> note(values, score),
              (record, reason) -> {}), // the join has refused it
          stopped);
    }
  }

  private void note(TemporaryIndex values, Score score) {
    Double value = score.getValue();
    if (value != null && scorers.contains(score.getScorer())) {
      values.put(
          IndexKey.of(score.getRolloutId(), score.getScorer()),
          ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
    }
  }

  @Override
  public void close() {
    if (index != null) {
      index.close();
      index = null;
    }
  }
}
