package org.rlhfstreams.topology.scores;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.schemas.ScoreRules;

/**
 * A rollout that goes on, and its scores. Its event has the rollout's bytes as they were read:
 * nobody decodes and encodes them.
 *
 * @param rollout without a problem
 * @param scores by scorer, without problems and failures; those that are required are there
 * @param settings by which they were joined
 */
record JoinedRollout(
    RolloutParts rollout, SortedMap<String, ScoreParts> scores, ScoresSettings settings) {
  /** Of a score besides its values: names and numbers. */
  private static final int SCORE_BYTES = 100;

  /** The first required reward's value; 0 if only the reference is required. */
  float score() {
    List<String> required = settings.required();
    return required.isEmpty() ? 0 : (float) scores.get(required.get(0)).value();
  }

  /** What it takes when it is written, about. */
  int mostBytes() {
    int bytes = rollout.until() - rollout.from() + 2 * Float.BYTES * rollout.responseTokens();
    for (ScoreParts score : scores.values()) {
      bytes += SCORE_BYTES;
      if (score.tokenValues() != null) {
        bytes += Float.BYTES * score.tokenValues().length;
      }
    }
    return bytes;
  }

  /**
   * Writes a scored rollout in this release's layout.
   *
   * @param encoder to write to; not flushed
   */
  void encode(BinaryEncoder encoder) throws IOException {
    float[] reference = scores.get(ScoreRules.REFERENCE).tokenValues();
    float[] kl = new float[reference.length];
    for (int t = 0; t < kl.length; t++) {
      kl[t] = rollout.policy()[t] - reference[t];
    }
    encoder.writeFixed(rollout.bytes(), rollout.from(), rollout.until() - rollout.from());
    encoder.writeFloat(score());
    modelVersion(encoder);
    floats(encoder, reference);
    floats(encoder, kl);
    encoder.writeLong(scoredAt());
    components(encoder);
    List<String> awaited = settings.awaited();
    encoder.writeArrayStart();
    encoder.setItemCount(awaited.size());
    for (String scorer : awaited) {
      encoder.writeString(scorer);
    }
    encoder.writeArrayEnd();
  }

  private static void floats(BinaryEncoder encoder, float[] values) throws IOException {
    encoder.writeArrayStart();
    encoder.setItemCount(values.length);
    for (float value : values) {
      encoder.writeFloat(value);
    }
    encoder.writeArrayEnd();
  }

  /** That of the first reward that is a model whose weights are published. */
  private void modelVersion(BinaryEncoder encoder) throws IOException {
    for (String scorer : settings.required()) {
      ScoreParts score = scores.get(scorer);
      if (score.modelVersion() != null) {
        encoder.writeInt(score.modelVersion().getGeneration());
        encoder.writeLong(score.modelVersion().getStep());
        return;
      }
    }
    encoder.writeInt(0);
    encoder.writeLong(0);
  }

  private long scoredAt() {
    long last = Long.MIN_VALUE;
    for (String scorer : settings.awaited()) {
      last = Math.max(last, scores.get(scorer).scoredAt());
    }
    return last;
  }

  private void components(BinaryEncoder encoder) throws IOException {
    encoder.writeMapStart();
    encoder.setItemCount(scores.size() - 1);
    for (Map.Entry<String, ScoreParts> entry : scores.entrySet()) {
      if (entry.getKey().equals(ScoreRules.REFERENCE)) {
        continue;
      }
      ScoreParts score = entry.getValue();
      encoder.writeString(entry.getKey());
      encoder.writeDouble(score.value());
      encoder.writeString(score.scorerVersion());
      if (score.tokenValues() == null) {
        encoder.writeIndex(0);
      } else {
        encoder.writeIndex(1);
        floats(encoder, score.tokenValues());
      }
    }
    encoder.writeMapEnd();
  }

  /** The event itself. */
  ScoredRollout event() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      encode(encoder);
      encoder.flush();
      return event(out.toByteArray(), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The event of bytes in this release's layout. */
  static ScoredRollout event(byte[] bytes, int from) throws IOException {
    return new SpecificDatumReader<>(ScoredRollout.class)
        .read(null, DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, null));
  }
}
