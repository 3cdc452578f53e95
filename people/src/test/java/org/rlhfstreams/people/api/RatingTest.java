package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.people.access.PersonRole;
import org.rlhfstreams.people.live.EventJson;
import org.rlhfstreams.people.live.RateableView;
import org.rlhfstreams.people.live.RolloutsView;

/** Ratings of sampled responses, which are scores. */
final class RatingTest {
  @TempDir private Path directory;
  private ServedApi api;

  @BeforeEach
  void serve() {
    api = ServedApi.guarded(directory, Map.of());
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aRatingBecomesAScoreBesideTheRollout() {
    view().apply(rollout("1"), 3);
    HttpResponse<String> answer =
        rate(
            PersonRole.ANNOTATOR,
            "1/0",
            new JsonObject().put("value", 0.5).put("comment", "A good end."));
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(api.outbox().sent()).hasSize(1);
    ProducerRecord<String, Object> sent = api.outbox().sent().get(0);
    assertThat(sent.topic()).isEqualTo("test.scores");
    assertThat(sent.partition()).isEqualTo(3);
    assertThat(sent.key()).isEqualTo("1");
    Score score = (Score) sent.value();
    assertThat(score.getRolloutId()).isEqualTo("1/0");
    assertThat(score.getRequestId()).isEqualTo("1");
    assertThat(score.getScorer()).isEqualTo("people");
    assertThat(score.getScorerVersion()).isEqualTo("annotator");
    assertThat(score.getValue()).isEqualTo(0.5);
    assertThat(score.getExplanation()).isEqualTo("A good end.");
  }

  @Test
  void theFirstRatingCounts() {
    view().apply(rollout("1"), 0);
    JsonObject good = new JsonObject().put("value", 1);
    assertThat(rate(PersonRole.ANNOTATOR, "1/0", good).statusCode()).isEqualTo(201);
    assertThat(rate(PersonRole.ANNOTATOR, "1/0", good).statusCode()).isEqualTo(200);
    assertThat(rate(PersonRole.APPLICATION, "1/0", new JsonObject().put("value", 0)).statusCode())
        .isEqualTo(409);
    assertThat(api.outbox().sent()).hasSize(1);
  }

  @Test
  void aRatingThatTheRunHasUsedIsKnownAfterARestart() {
    view()
        .apply(
            ScoredRollout.newBuilder(scored(rollout("1")))
                .setScores(Map.of("people", new ComponentScore(1d, "ada", null)))
                .build());
    view().apply(rollout("1"), 0);
    assertThat(rate(PersonRole.ANNOTATOR, "1/0", new JsonObject().put("value", 1)).statusCode())
        .isEqualTo(200);
    assertThat(rate(PersonRole.ANNOTATOR, "1/0", new JsonObject().put("value", 0)).statusCode())
        .isEqualTo(409);
    assertThat(unrated()).isEmpty();
  }

  @Test
  void whatNothingRewardsHasNoScore() {
    ScoredRollout distilled =
        ScoredRollout.newBuilder(scored(rollout("1")))
            .setRequiredScorers(List.of("reference"))
            .build();
    assertThat(EventJson.of(new RolloutsView().apply(distilled)).getValue("score")).isNull();
    ScoredRollout old = scored(rollout("2")); // of a release that had one reward model
    assertThat(EventJson.of(new RolloutsView().apply(old)).getDouble("score")).isZero();
  }

  @Test
  void whatIsNoRatingIsRefused() {
    view().apply(rollout("1"), 0);
    HttpResponse<String> unknown =
        rate(PersonRole.ANNOTATOR, "2/0", new JsonObject().put("value", 1));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(ServedApi.json(unknown).getString("detail")).contains("GET /rollouts/unrated");
    for (Object value : List.of("good", 1e7, true)) {
      HttpResponse<String> refused =
          rate(PersonRole.ANNOTATOR, "1/0", new JsonObject().put("value", value));
      assertThat(refused.statusCode()).as("%s", value).isEqualTo(400);
      assertThat(ServedApi.json(refused).getString("field")).isEqualTo("value");
    }
    assertThat(
            api.call(PersonRole.ANNOTATOR, "POST", "/rollouts/1%2F0/rating", "{\"value\": 1e999}")
                .statusCode())
        .isEqualTo(400);
    assertThat(api.outbox().sent()).isEmpty();
  }

  @Test
  void thoseThatWaitComeFirst() {
    for (String id : List.of("1", "2", "3", "4", "5")) {
      view().apply(rollout(id), 0);
    }
    view().apply(scored(rollout("1")));
    view().apply(scored(rollout("3")));
    rate(PersonRole.ANNOTATOR, "4/0", new JsonObject().put("value", 1));
    assertThat(unrated()).containsExactly("2/0", "5/0", "3/0", "1/0");
  }

  @Test
  void theOldestAreForgotten() {
    for (int i = 0; i <= RateableView.MOST; i++) {
      view().apply(rollout(String.valueOf(i)), 0);
    }
    assertThat(view().find("0/0")).isEmpty();
    assertThat(view().find("1/0")).isPresent();
  }

  private RateableView view() {
    return api.views().rateable();
  }

  private HttpResponse<String> rate(PersonRole role, String rolloutId, JsonObject body) {
    return api.call(
        role, "POST", "/rollouts/" + rolloutId.replace("/", "%2F") + "/rating", body.encode());
  }

  private List<String> unrated() {
    return ServedApi.json(api.call(PersonRole.ANNOTATOR, "GET", "/rollouts/unrated"))
        .getJsonArray("rollouts")
        .stream()
        .map(rollout -> ((JsonObject) rollout).getString("rolloutId"))
        .toList();
  }

  private static Rollout rollout(String requestId) {
    return Rollout.newBuilder()
        .setRolloutId(requestId + "/0")
        .setRequestId(requestId)
        .setPromptId("p")
        .setSampleIndex(0)
        .setPromptText("Once")
        .setPromptTokenIds(List.of(1))
        .setResponseText("upon a time")
        .setResponseTokenIds(List.of(5))
        .setBehaviorLogProbabilities(List.of(-1f))
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setTopK(0)
                .setTopP(1f)
                .setMaxNewTokens(16)
                .setSeed(7L)
                .build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, 3L), 0, 1)))
        .setFinishReason(FinishReason.STOP)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .build();
  }

  private static ScoredRollout scored(Rollout rollout) {
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore(0)
        .setRewardModelVersion(new WeightVersion(0, 0L))
        .setReferenceLogProbabilities(List.of(-1f))
        .setKl(List.of(0f))
        .setScoredAt(Instant.EPOCH)
        .build();
  }
}
