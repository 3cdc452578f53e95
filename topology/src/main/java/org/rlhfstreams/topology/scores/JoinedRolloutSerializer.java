package org.rlhfstreams.topology.scores;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Serializer;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.schemas.CurrentLayout;
import org.rlhfstreams.schemas.EventSerdes;

/**
 * Writes scored rollouts. The first of a topic is written by the registry's own serializer, which
 * registers the schema; those after it get the frame that it has used. A serializer that writes
 * anything else around or instead of the plain event writes all of them. For any number of threads:
 * those of Kafka Streams share it.
 */
final class JoinedRolloutSerializer implements Serializer<JoinedRollout> {
  private final Serializer<Object> serializer;
  private final Map<String, byte[]> frames = new ConcurrentHashMap<>();

  JoinedRolloutSerializer(EventSerdes serdes) {
    this.serializer = serdes.serializer();
  }

  @Override
  public byte[] serialize(String topic, JoinedRollout joined) {
    byte[] frame = frames.get(topic);
    return frame == null ? first(topic, joined) : record(frame, joined);
  }

  private byte[] first(String topic, JoinedRollout joined) {
    ScoredRollout event = joined.event();
    byte[] theirs = serializer.serialize(topic, event);
    byte[] frame = Arrays.copyOf(theirs, CurrentLayout.FRAME);
    byte[] ours = record(frame, joined);
    if (frame[0] != 0 || theirs.length != ours.length || !isEvent(theirs, event)) {
      return theirs;
    }
    frames.put(topic, frame);
    return ours;
  }

  /** Whether a frame and the plain event is all that is there; maps have any order. */
  private static boolean isEvent(byte[] record, ScoredRollout event) {
    try {
      return JoinedRollout.event(record, CurrentLayout.FRAME).equals(event);
    } catch (IOException | RuntimeException e) {
      return false; // of no plain event
    }
  }

  private byte[] record(byte[] frame, JoinedRollout joined) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(joined.mostBytes());
    out.writeBytes(frame);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      joined.encode(encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    serializer.close();
  }
}
