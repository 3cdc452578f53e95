package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.AnnotatorStatistics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.people.live.EventJson;
import org.rlhfstreams.people.live.LiveViews;
import org.rlhfstreams.people.live.StagesView;
import org.rlhfstreams.people.live.TrainingView;
import org.rlhfstreams.schemas.WeightVersions;

/** Where the run stands: status, metrics, annotators, dead letters. */
final class RunResource {
  private final LiveViews views;
  private final StagesView stages;

  RunResource(LiveViews views, StagesView stages) {
    this.views = views;
    this.stages = stages;
  }

  Future<ApiResponse> status(OperationRequest request) {
    return Future.succeededFuture(ApiResponse.of(200, status()));
  }

  /** Also sent to those who look on. */
  JsonObject status() {
    Optional<TrainingView.Step> step = views.training().newest();
    Optional<WeightVersion> sampled = views.rollouts().policyVersion();
    Optional<WeightVersion> policy =
        step.filter(newest -> !TrainingView.isReward(newest))
            .map(TrainingView.Step::version)
            .or(() -> sampled);
    JsonArray measured = new JsonArray();
    for (StagesView.Stage stage : stages.stages()) {
      measured.add(
          new JsonObject()
              .put("name", stage.name())
              .put("topic", stage.topic())
              .put("rate", stage.rate())
              .put("lag", stage.lag())
              .put("oldestSeconds", stage.oldestSeconds()));
    }
    return new JsonObject()
        .put("run", step.map(TrainingView.Step::run).orElse(null))
        .put("objective", step.map(TrainingView.Step::objective).orElse(null))
        .put("step", step.map(newest -> newest.version().getStep()).orElse(null))
        .put("policyVersion", policy.map(WeightVersions::text).orElse(null))
        .put(
            "rewardModelVersion",
            views.rollouts().rewardModelVersion().map(WeightVersions::text).orElse(null))
        .put("paused", views.controls().paused())
        .put("connected", stages.connected())
        .put("stages", measured)
        .put("staleness", staleness(policy, sampled).orElse(null))
        .put("openComparisons", views.comparisons().countOpen())
        .put("judgements", views.judgements().count());
  }

  private static Optional<Long> staleness(
      Optional<WeightVersion> policy, Optional<WeightVersion> sampled) {
    return policy.flatMap(
        newest -> sampled.map(of -> Math.max(0, newest.getStep() - of.getStep())));
  }

  Future<ApiResponse> metrics(OperationRequest request) {
    long after = request.query("after", -1);
    return Future.succeededFuture(
        ApiResponse.of(
            200,
            new JsonObject()
                .put("steps", steps(views.training().after(after)))
                .put("rewardSteps", steps(views.training().rewardAfter(after)))));
  }

  private static JsonArray steps(List<TrainingView.Step> steps) {
    JsonArray array = new JsonArray();
    steps.forEach(step -> array.add(EventJson.of(step)));
    return array;
  }

  Future<ApiResponse> annotators(OperationRequest request) {
    JsonArray each = new JsonArray();
    views.annotators().each().forEach(one -> each.add(EventJson.of(one)));
    JsonObject all = EventJson.of(views.annotators().all().orElseGet(RunResource::noneYet));
    return Future.succeededFuture(
        ApiResponse.of(200, new JsonObject().put("all", all).put("annotators", each)));
  }

  private static AnnotatorStatistics noneYet() {
    return AnnotatorStatistics.newBuilder()
        .setAnnotator("")
        .setJudgements(0)
        .setTies(0)
        .setSkips(0)
        .setGoldAnswered(0)
        .setGoldRight(0)
        .setWeight(1)
        .setUpdatedAt(java.time.Instant.EPOCH)
        .build();
  }

  Future<ApiResponse> deadLetters(OperationRequest request) {
    JsonArray newest = new JsonArray();
    views
        .deadLetters()
        .newest((int) request.query("limit", 50))
        .forEach(letter -> newest.add(EventJson.of(letter)));
    JsonObject counts = new JsonObject();
    views.deadLetters().counts().forEach(counts::put);
    return Future.succeededFuture(
        ApiResponse.of(200, new JsonObject().put("deadLetters", newest).put("counts", counts)));
  }
}
