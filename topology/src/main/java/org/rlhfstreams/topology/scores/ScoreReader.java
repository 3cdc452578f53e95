package org.rlhfstreams.topology.scores;

import java.nio.ByteBuffer;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.CurrentLayout;
import org.rlhfstreams.schemas.EventFields;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.UndecodableException;

/** Reads scores as the join needs them. One thread. */
final class ScoreReader {
  private static final int ROLLOUT_ID = 0;
  private static final int REQUEST_ID = 1;
  private static final int SCORER = 2;
  private static final int SCORER_VERSION = 3;
  private static final int GENERATION = 4;
  private static final int STEP = 5;
  private static final int VALUE = 6;
  private static final int TOKEN_VALUES = 7;
  private static final int FAILURE = 8;
  private static final int SCORED_AT = 9;
  private static final int RESCORED = 10;

  private final CurrentLayout<Score> layout;
  private final EventFields fields;

  ScoreReader(EventSerdes serdes) {
    this.layout = new CurrentLayout<>(Score.class, Score.getClassSchema(), serdes);
    this.fields =
        layout.fields(
            "rolloutId",
            "requestId",
            "scorer",
            "scorerVersion",
            "modelVersion.generation",
            "modelVersion.step",
            "value",
            "tokenValues",
            "failure",
            "scoredAt",
            "rescored");
  }

  /**
   * What a record has.
   *
   * @throws UndecodableException with the reason if the bytes are no score
   */
  ScoreParts read(String topic, byte[] value) throws UndecodableException {
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
  Score decode(String topic, byte[] value) throws UndecodableException {
    return layout.decode(topic, value);
  }

  private ScoreParts parts(byte[] value) throws UndecodableException {
    fields.read(ByteBuffer.wrap(value));
    String rolloutId = fields.text(ROLLOUT_ID, 0);
    String requestId = fields.text(REQUEST_ID, 0);
    String scorer = fields.text(SCORER, 0);
    double score = fields.isSet(VALUE) ? fields.fraction(VALUE, 0) : Double.NaN;
    float[] tokenValues = fields.isSet(TOKEN_VALUES) ? fields.floats(TOKEN_VALUES) : null;
    boolean sound =
        !fields.isSet(FAILURE)
            && Double.isFinite(score)
            && !rolloutId.isEmpty()
            && !requestId.isEmpty()
            && (tokenValues == null ? !scorer.equals(ScoreRules.REFERENCE) : areFinite(tokenValues))
            && ScoreRules.isName(scorer);
    return new ScoreParts(
        rolloutId,
        requestId,
        scorer,
        fields.text(SCORER_VERSION, 0),
        fields.count(STEP) > 0
            ? new WeightVersion((int) fields.number(GENERATION, 0), fields.number(STEP, 0))
            : null,
        score,
        tokenValues,
        fields.number(SCORED_AT, 0),
        fields.number(RESCORED, 0) != 0,
        sound);
  }

  private static boolean areFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
