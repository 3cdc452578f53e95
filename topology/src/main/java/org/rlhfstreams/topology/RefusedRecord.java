package org.rlhfstreams.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.DeadLetterSize;
import org.rlhfstreams.schemas.UndecodableException;

/** Makes dead letters of records that a topology cannot use. */
public final class RefusedRecord {
  private RefusedRecord() {}

  /** The dead letter of a record that is no event, keyed by the source topic. */
  public static Record<String, DeadLetter> undecodable(
      Record<String, byte[]> record,
      RecordMetadata from,
      String stage,
      UndecodableException problem) {
    return of(record, from, stage, DeadLetterKind.UNDECODABLE, problem.getMessage());
  }

  /** The dead letter, keyed by the source topic. */
  public static Record<String, DeadLetter> of(
      Record<String, byte[]> record,
      RecordMetadata from,
      String stage,
      DeadLetterKind kind,
      String reason) {
    return of(record, from.topic(), from.partition(), from.offset(), stage, kind, reason, 0);
  }

  /**
   * The dead letter of a record that is not the one at hand, or with which responses are lost.
   *
   * @param record with its own bytes and headers
   * @param topic where it was read
   * @param lostRollouts responses that will now never be learned from
   */
  public static Record<String, DeadLetter> of(
      Record<String, byte[]> record,
      String topic,
      int partition,
      long offset,
      String stage,
      DeadLetterKind kind,
      String reason,
      int lostRollouts) {
    Map<String, ByteBuffer> headers = new HashMap<>();
    for (Header header : record.headers()) {
      headers.put(
          header.key(), ByteBuffer.wrap(header.value() == null ? new byte[0] : header.value()));
    }
    String key = record.key();
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setTopic(topic)
            .setPartition(partition)
            .setOffset(offset)
            .setKey(key == null ? null : ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)))
            .setValue(record.value() == null ? null : ByteBuffer.wrap(record.value()))
            .setHeaders(headers)
            .setStage(stage)
            .setReason(reason)
            .setKind(kind.text())
            .setLostRollouts(lostRollouts)
            .setRefusedAt(Instant.ofEpochMilli(record.timestamp()))
            .build();
    return new Record<>(topic, DeadLetterSize.fitted(letter), record.timestamp());
  }
}
