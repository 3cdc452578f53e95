package org.rlhfstreams.service.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.DeadLetterSize;
import org.rlhfstreams.schemas.Topics;

/**
 * Turns a record that cannot be used into a dead letter: the original bytes, or those that fit,
 * where, and why.
 */
public final class DeadLetters {
  private final String topic;
  private final String stage;

  /**
   * @param stage who refuses, such as {@code reward-service}
   */
  public DeadLetters(Topics topics, String stage) {
    this.topic = topics.deadLetters().name();
    this.stage = stage;
  }

  /**
   * The dead letter, ready to send in the transaction that passes the record.
   *
   * @param kind to count by
   * @param reason for a person
   * @param lostRollouts rollouts that will now never be trained on, so that admission releases
   *     others
   */
  public ProducerRecord<String, Object> of(
      ConsumerRecord<String, byte[]> record, DeadLetterKind kind, String reason, int lostRollouts) {
    Map<String, ByteBuffer> headers = new HashMap<>();
    for (Header header : record.headers()) {
      headers.put(
          header.key(), header.value() == null ? ByteBuffer.allocate(0) : wrap(header.value()));
    }
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setTopic(record.topic())
            .setPartition(record.partition())
            .setOffset(record.offset())
            .setKey(
                record.key() == null ? null : wrap(record.key().getBytes(StandardCharsets.UTF_8)))
            .setValue(wrap(record.value()))
            .setHeaders(headers)
            .setStage(stage)
            .setReason(reason)
            .setKind(kind.text())
            .setLostRollouts(lostRollouts)
            .setRefusedAt(Instant.now())
            .build();
    return new ProducerRecord<>(topic, record.topic(), DeadLetterSize.fitted(letter));
  }

  private static ByteBuffer wrap(byte[] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }
}
