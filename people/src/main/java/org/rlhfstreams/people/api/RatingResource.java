package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.people.live.EventJson;
import org.rlhfstreams.people.live.RateableView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;
import org.rlhfstreams.schemas.ScoreRules;

/**
 * People's ratings of sampled responses: each is a score of the scorer {@code people}. The first
 * one counts, as of every scorer; a later one says so.
 */
final class RatingResource {
  private final RateableView rollouts;
  private final PublishedOnce once;
  private final String topic;
  private final Clock clock;

  RatingResource(RateableView rollouts, PublishedOnce once, String topic, Clock clock) {
    this.rollouts = rollouts;
    this.once = once;
    this.topic = topic;
    this.clock = clock;
  }

  Future<ApiResponse> rate(OperationRequest request) {
    String rolloutId = request.path("rolloutId");
    once.requireSession();
    RateableView.Rateable rollout = rollouts.find(rolloutId).orElseThrow(RatingResource::unknown);
    double value = request.body().getDouble("value");
    String rater = request.caller().name();
    Score score =
        Score.newBuilder()
            .setRolloutId(rolloutId)
            .setRequestId(rollout.requestId())
            .setScorer(ScoreRules.PEOPLE)
            .setScorerVersion(rater)
            .setValue(value)
            .setExplanation(request.body().getString("comment"))
            .setScoredAt(clock.instant())
            .build();
    String key = "rating of rollout " + rolloutId;
    return request
        .when(
            once.publish(
                new PublishedOnce.Claim(key, key, ContentDigest.of(value)),
                () -> known(rolloutId, value),
                () ->
                    List.of(
                        new ProducerRecord<>(
                            topic, rollout.partition(), rollout.requestId(), score)),
                () -> rollouts.rate(rolloutId, value)))
        .map(
            isNew ->
                ApiResponse.of(
                    isNew ? 201 : 200,
                    new JsonObject().put("rolloutId", rolloutId).put("value", value)));
  }

  private PublishedOnce.Known known(String rolloutId, double value) {
    Optional<Double> before = rollouts.rating(rolloutId);
    if (before.isEmpty()) {
      return PublishedOnce.Known.NOTHING;
    }
    return before.get() == value ? PublishedOnce.Known.SAME : PublishedOnce.Known.OTHER;
  }

  Future<ApiResponse> unrated(OperationRequest request) {
    JsonArray array = new JsonArray();
    rollouts
        .unrated((int) request.query("limit", 50))
        .forEach(rollout -> array.add(EventJson.of(rollout)));
    return Future.succeededFuture(ApiResponse.of(200, new JsonObject().put("rollouts", array)));
  }

  private static ProblemException unknown() {
    return ProblemException.at(
        "rolloutId",
        404,
        "No such rollout",
        String.format(
            Locale.ROOT,
            "it is not among the newest %,d; ask GET /rollouts/unrated for those that wait",
            RateableView.MOST));
  }
}
