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
    Map<String, ByteBuffer> headers = new HashMap<>();
    for (Header header : record.headers()) {
      headers.put(
          header.key(), ByteBuffer.wrap(header.value() == null ? new byte[0] : header.value()));
    }
    String key = record.key();
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setTopic(from.topic())
            .setPartition(from.partition())
            .setOffset(from.offset())
            .setKey(key == null ? null : ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)))
            .setValue(record.value() == null ? null : ByteBuffer.wrap(record.value()))
            .setHeaders(headers)
            .setStage(stage)
            .setReason(reason)
            .setKind(kind.text())
            .setLostRollouts(0)
            .setRefusedAt(Instant.ofEpochMilli(record.timestamp()))
            .build();
    return new Record<>(from.topic(), DeadLetterSize.fitted(letter), record.timestamp());
  }
}
