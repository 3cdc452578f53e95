package org.rlhfstreams.topology.scores;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What is known of a rollout, so that an event about it takes one look: whether it is here, what
 * its scores are checked against, and those that have come, as bytes that nobody encodes again.
 *
 * @param state what has become of it
 * @param requestId of the rollout; empty if it is not here
 * @param responseTokens of the rollout; 0 if it is not here
 * @param scores that have come for it, each scorer's first; none once it is closed
 */
record KnownRollout(State state, String requestId, int responseTokens, List<ReceivedScore> scores) {
  /** It has gone on or is lost: what comes now is late. */
  static final KnownRollout CLOSED = new KnownRollout(State.CLOSED, "", 0, List.of());

  private static final int NONE = -1;

  /** Of a score besides its event. */
  private static final int ENTRY_BYTES = 80;

  /** What has become of a rollout. */
  enum State {
    /** Scores have come before it. */
    AWAITED(0),
    /** It waits for scores. */
    HERE(1),
    /** It has gone on, or is lost. */
    CLOSED(2);

    private final byte code;

    State(int code) {
      this.code = (byte) code;
    }

    private static State of(byte code) {
      for (State state : values()) {
        if (state.code == code) {
          return state;
        }
      }
      throw new SerializationException("no state of a rollout has the code " + code);
    }
  }

  KnownRollout {
    scores = List.copyOf(scores);
  }

  /** One that waits, with the scores that have come before it. */
  static KnownRollout here(String requestId, int responseTokens, List<ReceivedScore> scores) {
    return new KnownRollout(State.HERE, requestId, responseTokens, scores);
  }

  /** One that is not here, with a first score. */
  static KnownRollout awaited(ReceivedScore score) {
    return new KnownRollout(State.AWAITED, "", 0, List.of(score));
  }

  boolean isHere() {
    return state == State.HERE;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /** Whether a scorer's score is there. */
  boolean has(String scorer) {
    for (ReceivedScore score : scores) {
      if (score.scorer().equals(scorer)) {
        return true;
      }
    }
    return false;
  }

  /** The same with a further score. */
  KnownRollout with(ReceivedScore score) {
    List<ReceivedScore> all = new ArrayList<>(scores.size() + 1);
    all.addAll(scores);
    all.add(score);
    return new KnownRollout(state, requestId, responseTokens, all);
  }

  /** What it takes, about. */
  int bytes() {
    int bytes = requestId.length();
    for (ReceivedScore score : scores) {
      bytes += ENTRY_BYTES + score.value().length;
    }
    return bytes;
  }

  static Serde<KnownRollout> serde() {
    return Serdes.serdeFrom((topic, known) -> written(known), (topic, bytes) -> read(bytes));
  }

  private static byte[] written(KnownRollout known) {
    if (known == null) {
      return null;
    }
    if (known.isClosed()) {
      return new byte[] {State.CLOSED.code};
    }
    byte[] request = known.requestId.getBytes(StandardCharsets.UTF_8);
    int size = Byte.BYTES + 2 * Integer.BYTES + request.length;
    List<byte[]> texts = new ArrayList<>(2 * known.scores.size());
    for (ReceivedScore score : known.scores) {
      byte[] scorer = score.scorer().getBytes(StandardCharsets.UTF_8);
      byte[] failure = score.failure().orElse("").getBytes(StandardCharsets.UTF_8);
      texts.add(scorer);
      texts.add(failure);
      size += 3 * Integer.BYTES + scorer.length + failure.length + score.value().length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    bytes.put(known.state.code).putInt(known.responseTokens);
    put(bytes, request);
    for (int i = 0; i < known.scores.size(); i++) {
      ReceivedScore score = known.scores.get(i);
      put(bytes, texts.get(2 * i));
      if (score.failure().isPresent()) {
        put(bytes, texts.get(2 * i + 1));
      } else {
        bytes.putInt(NONE);
      }
      put(bytes, score.value());
    }
    return bytes.array();
  }

  private static void put(ByteBuffer to, byte[] bytes) {
    to.putInt(bytes.length).put(bytes);
  }

  private static KnownRollout read(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      State state = State.of(from.get());
      if (state == State.CLOSED) {
        return CLOSED;
      }
      int responseTokens = from.getInt();
      String requestId = text(from, from.getInt());
      List<ReceivedScore> scores = new ArrayList<>();
      while (from.hasRemaining()) {
        String scorer = text(from, from.getInt());
        int failure = from.getInt();
        Optional<String> reason =
            failure == NONE ? Optional.empty() : Optional.of(text(from, failure));
        scores.add(new ReceivedScore(scorer, reason, bytes(from, from.getInt())));
      }
      return new KnownRollout(state, requestId, responseTokens, scores);
    } catch (BufferUnderflowException e) {
      throw new SerializationException("what is known of a rollout is cut off", e);
    }
  }

  private static String text(ByteBuffer from, int length) {
    return new String(bytes(from, length), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }
}
