package org.rlhfstreams.worker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.RolloutRequest;

/**
 * A request on its way through the slots: the sampling thread's until it has ended, then the
 * loop's.
 */
final class RequestTask {
  private final ConsumerRecord<String, byte[]> record;
  private final RolloutRequest request;
  private final List<FinishedResponse> responses = new ArrayList<>();
  private Instant startedAt;
  private Optional<String> refusal = Optional.empty();
  private boolean dropped;

  RequestTask(ConsumerRecord<String, byte[]> record, RolloutRequest request) {
    this.record = record;
    this.request = request;
    this.startedAt = Instant.now();
  }

  /** As it was read. */
  ConsumerRecord<String, byte[]> record() {
    return record;
  }

  RolloutRequest request() {
    return request;
  }

  TopicPartition partition() {
    return new TopicPartition(record.topic(), record.partition());
  }

  /** Its responses are queued now. */
  void start(Instant at) {
    startedAt = at;
  }

  /** When its responses were queued. */
  Instant startedAt() {
    return startedAt;
  }

  /** One of its responses is finished. */
  void add(FinishedResponse response) {
    responses.add(response);
  }

  /** Whether all of its responses are finished. */
  boolean isWhole() {
    return responses.size() >= request.getSamples();
  }

  /** Its responses, in the order in which they were finished. */
  List<FinishedResponse> responses() {
    return responses;
  }

  /** It cannot be sampled. */
  void refuse(String reason) {
    refusal = Optional.of(reason);
  }

  /** Why it cannot be sampled, if it cannot. */
  Optional<String> refusal() {
    return refusal;
  }

  /** It is left to other members. */
  void drop() {
    dropped = true;
  }

  /** Whether it is left to other members. */
  boolean isDropped() {
    return dropped;
  }
}
