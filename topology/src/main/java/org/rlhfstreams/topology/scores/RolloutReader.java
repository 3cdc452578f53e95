package org.rlhfstreams.topology.scores;

import java.nio.ByteBuffer;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.schemas.CurrentLayout;
import org.rlhfstreams.schemas.EventFields;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.UndecodableException;

/** Reads rollouts as the join needs them. One thread. */
final class RolloutReader {
  private static final int ROLLOUT_ID = 0;
  private static final int REQUEST_ID = 1;
  private static final int PROMPT = 2;
  private static final int RESPONSE = 3;
  private static final int BEHAVIOR = 4;
  private static final int MODEL = 5;
  private static final int TEMPERATURE = 6;
  private static final int TOP_K = 7;
  private static final int TOP_P = 8;
  private static final int FROM = 9;
  private static final int UNTIL = 10;
  private static final int EVALUATION = 11;

  private final CurrentLayout<Rollout> layout;
  private final EventFields fields;

  RolloutReader(EventSerdes serdes) {
    this.layout = new CurrentLayout<>(Rollout.class, Rollout.getClassSchema(), serdes);
    this.fields =
        layout.fields(
            "rolloutId",
            "requestId",
            "promptTokenIds",
            "responseTokenIds",
            "behaviorLogProbabilities",
            "modelLogProbabilities",
            "sampling.temperature",
            "sampling.topK",
            "sampling.topP",
            "segments.fromToken",
            "segments.untilToken",
            "evaluation.responses");
  }

  /**
   * What a record has.
   *
   * @throws UndecodableException with the reason if the bytes are no rollout
   */
  RolloutParts read(String topic, byte[] value) throws UndecodableException {
    if (layout.has(topic, value)) {
      try {
        return parts(value);
      } catch (UndecodableException e) {
        return parts(layout.encode(layout.decode(topic, value))); // has the reason, in most cases
      }
    }
    return parts(layout.encode(layout.decode(topic, value)));
  }

  /** The event itself. */
  Rollout decode(String topic, byte[] value) throws UndecodableException {
    return layout.decode(topic, value);
  }

  private RolloutParts parts(byte[] value) throws UndecodableException {
    fields.read(ByteBuffer.wrap(value));
    boolean hasModel = fields.isSet(MODEL);
    float[] behavior = fields.floats(BEHAVIOR);
    float[] policy = hasModel ? fields.floats(MODEL) : behavior;
    return new RolloutParts(
        fields.text(ROLLOUT_ID, 0),
        fields.text(REQUEST_ID, 0),
        fields.count(RESPONSE),
        fields.count(EVALUATION) > 0,
        isSound(behavior, policy, hasModel),
        policy,
        value,
        CurrentLayout.FRAME,
        fields.end());
  }

  /** Of the rules, without their words: what is not sound here is looked at by them. */
  private boolean isSound(float[] behavior, float[] policy, boolean hasModel) {
    int response = fields.count(RESPONSE);
    double temperature = fields.fraction(TEMPERATURE, 0);
    return fields.count(PROMPT) > 0
        && response > 0
        && behavior.length == response
        && policy.length == response
        && areTokens(PROMPT)
        && areTokens(RESPONSE)
        && areFinite(behavior)
        && (hasModel
            ? areFinite(policy)
            : fields.number(TOP_K, 0) <= 0 && fields.fraction(TOP_P, 0) >= 1)
        && segmentsCover(response)
        && temperature > 0
        && Double.isFinite(temperature);
  }

  private boolean areTokens(int slot) {
    for (int i = 0; i < fields.count(slot); i++) {
      if (fields.number(slot, i) < 0 || fields.number(slot, i) == Integer.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  private static boolean areFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private boolean segmentsCover(int response) {
    long next = 0;
    for (int i = 0; i < fields.count(FROM); i++) {
      if (fields.number(FROM, i) != next || fields.number(UNTIL, i) <= next) {
        return false;
      }
      next = fields.number(UNTIL, i);
    }
    return next == response;
  }
}
