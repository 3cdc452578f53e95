package org.rlhfstreams.service.weights;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;

/**
 * Which generations of weights a topic has, those included whose commit never came. The header of a
 * version says how many chunks follow; they are skipped, so that a large model takes little longer
 * than a small one. Where the last of them is not where it should be, the records of two senders
 * are mixed, or the header lies: what follows it is read.
 */
public final class WeightGenerations {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int FETCH_BYTES = 64 << 10;

  private OptionalInt newest = OptionalInt.empty();
  private OptionalInt committed = OptionalInt.empty();
  private Optional<Jump> jump = Optional.empty();
  private OptionalLong next = OptionalLong.empty();

  private WeightGenerations() {}

  /** Over the chunks of a version, from its header to the last of them. */
  private record Jump(WeightVersion version, WeightHeader header, long offset) {}

  /** Those of a topic, as far as its records are kept; what is no weight record is skipped. */
  public static WeightGenerations of(KafkaConnection connection, Topic weights) {
    TopicPartition partition = new TopicPartition(weights.name(), 0);
    try (TopicReader reader =
        TopicReader.ofPartitions(
            () -> connection.boundedConsumer(FETCH_BYTES), List.of(partition))) {
      return of(reader, partition, connection.decoder(WeightRecord.class));
    }
  }

  static WeightGenerations of(
      TopicReader reader, TopicPartition partition, RecordDecoder<WeightRecord> decoder) {
    WeightGenerations generations = new WeightGenerations();
    long end = reader.ask(consumer -> consumer.endOffsets(Set.of(partition))).get(partition);
    RecordHandler handler =
        RecordHandler.decoding(
            decoder,
            (record, weights) -> generations.take(record, weights, end),
            (record, reason) -> generations.pass());
    reader.setEnds(Map.of(partition, end));
    while (!reader.isAtEnd() || generations.turnsBack(reader, partition)) {
      generations.next = OptionalLong.empty();
      if (reader.readNext(POLL, handler)) {
        generations.next.ifPresent(offset -> reader.seek(partition, offset));
      }
    }
    return generations;
  }

  /** The newest of which something is kept. */
  public OptionalInt newest() {
    return newest;
  }

  /** The newest of which a version counts, since its commit is there. */
  public OptionalInt newestCommitted() {
    return committed;
  }

  private void take(ConsumerRecord<String, byte[]> record, WeightRecord weights, long end) {
    int generation = weights.getVersion().getGeneration();
    newest = OptionalInt.of(Math.max(generation, newest.orElse(generation)));
    if (weights.getBody() instanceof WeightCommit) {
      committed = OptionalInt.of(Math.max(generation, committed.orElse(generation)));
    }
    if (jump.isPresent()) {
      land(isLastChunk(jump.get(), weights));
    } else if (weights.getBody() instanceof WeightHeader header
        && header.getChunks() > 1
        && HeaderRules.problem(weights.getVersion(), header).isEmpty()) {
      long last = record.offset() + header.getChunks();
      if (last < end) {
        jump = Optional.of(new Jump(weights.getVersion(), header, record.offset()));
        next = OptionalLong.of(last);
      }
    }
  }

  private static boolean isLastChunk(Jump over, WeightRecord weights) {
    return weights.getBody() instanceof WeightChunk chunk
        && chunk.getIndex() == over.header().getChunks() - 1
        && chunk.getAttempt().equals(over.header().getAttempt())
        && weights.getVersion().equals(over.version());
  }

  private void land(boolean isRight) {
    if (!isRight) {
      next = OptionalLong.of(jump.get().offset() + 1);
    }
    jump = Optional.empty();
  }

  /** Where the last chunk should have been there is nothing: what follows the header is unread. */
  private boolean turnsBack(TopicReader reader, TopicPartition partition) {
    if (jump.isEmpty()) {
      return false;
    }
    reader.seek(partition, jump.get().offset() + 1);
    jump = Optional.empty();
    return !reader.isAtEnd();
  }

  private void pass() {
    if (jump.isPresent()) {
      land(false);
    }
  }
}
