package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.rlhfstreams.people.live.EventJson;
import org.rlhfstreams.people.live.RolloutsView;
import org.rlhfstreams.people.problems.ProblemException;

/** Samples of the policy. */
final class RolloutResource {
  private final RolloutsView rollouts;

  RolloutResource(RolloutsView rollouts) {
    this.rollouts = rollouts;
  }

  Future<ApiResponse> newest(OperationRequest request) {
    return answer(
        rollouts.newest(
            (int) request.query("limit", 50), request.query("promptId"), request.query("version")));
  }

  Future<ApiResponse> ofPrompt(OperationRequest request) {
    List<RolloutsView.Sample> samples = rollouts.ofPrompt(request.path("promptId"));
    if (samples.isEmpty()) {
      throw ProblemException.at(
          "promptId", 404, "No such prompt", "no sample of this prompt is remembered");
    }
    return answer(samples);
  }

  private static Future<ApiResponse> answer(List<RolloutsView.Sample> samples) {
    JsonArray array = new JsonArray();
    samples.forEach(sample -> array.add(EventJson.of(sample)));
    return Future.succeededFuture(ApiResponse.of(200, new JsonObject().put("rollouts", array)));
  }
}
