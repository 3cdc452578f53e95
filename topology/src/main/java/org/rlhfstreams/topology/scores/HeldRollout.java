package org.rlhfstreams.topology.scores;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.rlhfstreams.schemas.TraceParent;

/**
 * A rollout that waits for scores, as it was read: a dead letter about it has its own bytes.
 *
 * @param partition of {@code rollouts}
 * @param offset there
 * @param timestamp of the record, milliseconds
 * @param since when it was read, milliseconds of the join's own time
 * @param key of the record; empty if it had none
 * @param trace that the record belongs to; empty if to none
 * @param value the event's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record HeldRollout(
    int partition,
    long offset,
    long timestamp,
    long since,
    String key,
    String trace,
    byte[] value) {
  private static final int NUMBERS = Integer.BYTES + 3 * Long.BYTES;

  /** The headers that go on with it. */
  Headers headers() {
    return TraceParent.headers(
        trace.isEmpty() ? Optional.empty() : Optional.of(new TraceParent(trace)));
  }

  static Serde<HeldRollout> serde() {
    return Serdes.serdeFrom((topic, held) -> written(held), (topic, bytes) -> read(bytes));
  }

  private static byte[] written(HeldRollout held) {
    if (held == null) {
      return null;
    }
    byte[] key = held.key.getBytes(StandardCharsets.UTF_8);
    byte[] trace = held.trace.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(
            NUMBERS + 2 * Integer.BYTES + key.length + trace.length + held.value.length);
    bytes
        .putInt(held.partition)
        .putLong(held.offset)
        .putLong(held.timestamp)
        .putLong(held.since)
        .putInt(key.length)
        .put(key)
        .putInt(trace.length)
        .put(trace)
        .put(held.value);
    return bytes.array();
  }

  private static HeldRollout read(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      return new HeldRollout(
          from.getInt(),
          from.getLong(),
          from.getLong(),
          from.getLong(),
          text(from),
          text(from),
          bytes(from, from.remaining()));
    } catch (BufferUnderflowException e) {
      throw new SerializationException("a rollout of the store is cut off", e);
    }
  }

  private static String text(ByteBuffer from) {
    return new String(bytes(from, from.getInt()), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }
}
