package org.rlhfstreams.people.live;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.rlhfstreams.events.AnnotatorStatistics;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.RolloutStatistics;
import org.rlhfstreams.schemas.WeightVersions;

/** Events as the API tells them, the same in an answer and in the stream. */
public final class EventJson {
  private EventJson() {}

  /** A question, opened or closed; nothing of its texts. */
  public static JsonObject of(Comparison comparison, int open) {
    return new JsonObject()
        .put("comparisonId", comparison.getComparisonId())
        .put("promptId", comparison.getPromptId())
        .put("createdAt", comparison.getCreatedAt().toString())
        .put("closed", comparison.getClosed())
        .put("open", open);
  }

  /** Who judged what. */
  public static JsonObject of(Judgement judgement) {
    return new JsonObject()
        .put("judgementId", judgement.getJudgementId())
        .put("comparisonId", judgement.getComparisonId())
        .put("annotator", judgement.getAnnotator())
        .put("choice", judgement.getChoice().name().toLowerCase(Locale.ROOT))
        .put("judgedAt", judgement.getJudgedAt().toString())
        .put("withdrawn", judgement.getWithdrawn());
  }

  /** A preference without its texts. */
  public static JsonObject of(Preference preference) {
    return new JsonObject()
        .put("preferenceId", preference.getPreferenceId())
        .put("source", preference.getSource())
        .put("comparisonId", preference.getComparisonId())
        .put("createdAt", preference.getCreatedAt().toString())
        .put("withdrawn", preference.getWithdrawn());
  }

  /** A sample. */
  public static JsonObject of(RolloutsView.Sample sample) {
    JsonObject scores = new JsonObject();
    sample.scores().forEach(scores::put);
    return new JsonObject()
        .put("rolloutId", sample.rolloutId())
        .put("promptId", sample.promptId())
        .put("prompt", sample.prompt())
        .put("response", sample.response())
        .put("score", finite(sample.score()))
        .put("scores", scores)
        .put("kl", finite(sample.kl()))
        .put("version", WeightVersions.text(sample.version()))
        .put("finishReason", sample.finishReason())
        .put("scoredAt", sample.scoredAt().toString());
  }

  /** A rollout that may be rated. */
  public static JsonObject of(RateableView.Rateable rollout) {
    return new JsonObject()
        .put("rolloutId", rollout.rolloutId())
        .put("promptId", rollout.promptId())
        .put("prompt", rollout.prompt())
        .put("response", rollout.response())
        .put("version", WeightVersions.text(rollout.version()))
        .put("finishReason", rollout.finishReason())
        .put("finishedAt", rollout.finishedAt().toString());
  }

  /** A step. */
  public static JsonObject of(TrainingView.Step step) {
    JsonObject values = new JsonObject();
    step.values().forEach(values::put);
    return new JsonObject()
        .put("step", step.version().getStep())
        .put("version", WeightVersions.text(step.version()))
        .put("objective", step.objective())
        .put("at", step.measuredAt().toString())
        .put("values", values);
  }

  /** A record that nobody could use. */
  public static JsonObject of(DeadLettersView.Refused refused) {
    return new JsonObject()
        .put("topic", refused.topic())
        .put("partition", refused.partition())
        .put("offset", refused.offset())
        .put("stage", refused.stage())
        .put("kind", refused.kind())
        .put("reason", refused.reason())
        .put("cut", new JsonArray(refused.cut()))
        .put("refusedAt", refused.refusedAt().toString());
  }

  /** Figures of one annotator, or of all. */
  public static JsonObject of(AnnotatorStatistics statistics) {
    return new JsonObject()
        .put("annotator", statistics.getAnnotator())
        .put("judgements", statistics.getJudgements())
        .put("ties", statistics.getTies())
        .put("skips", statistics.getSkips())
        .put("goldAnswered", statistics.getGoldAnswered())
        .put("goldRight", statistics.getGoldRight())
        .put("weight", finite(statistics.getWeight()))
        .put(
            "agreement",
            statistics.getAgreement() == null ? null : finite(statistics.getAgreement()));
  }

  /** Figures of one policy version's rollouts. */
  public static JsonObject of(RolloutStatistics statistics) {
    return new JsonObject()
        .put("version", WeightVersions.text(statistics.getVersion()))
        .put("rollouts", statistics.getRollouts())
        .put("scoreMean", finite(statistics.getScoreMean()))
        .put("klMean", finite(statistics.getKlMean()))
        .put("lengthMean", finite(statistics.getLengthMean()))
        .put("stopped", statistics.getStopped())
        .put("measuredAt", statistics.getMeasuredAt().toString());
  }

  /** JSON has no other numbers. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
