package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What users of applications prefer, one at a time or many. */
final class PreferenceResource {
  private final PreferencePublisher publisher;
  private final Validator schema;
  private final Clock clock;

  /**
   * @param schema of one of many; the whole request is validated without looking into them
   */
  PreferenceResource(PreferencePublisher publisher, Validator schema, Clock clock) {
    this.publisher = publisher;
    this.schema = schema;
    this.clock = clock;
  }

  Future<ApiResponse> publish(OperationRequest request) {
    JsonObject body = request.body();
    return request
        .when(
            publisher.publish(
                PreferenceReader.read(body, request.caller().name(), clock.instant())))
        .map(
            isNew ->
                ApiResponse.of(
                    isNew ? 201 : 200,
                    new JsonObject().put("preferenceId", body.getString("preferenceId"))));
  }

  Future<ApiResponse> publishMany(OperationRequest request) {
    JsonArray events = request.body().getJsonArray("events");
    List<CompletableFuture<SubmissionOutcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      outcomes.add(publishOne(events.getJsonObject(i), request.caller().name()));
    }
    return request.when(SubmissionOutcome.answer(outcomes));
  }

  private CompletableFuture<SubmissionOutcome> publishOne(JsonObject event, String application) {
    OutputUnit fit = schema.validate(event);
    if (!fit.getValid()) {
      return CompletableFuture.completedFuture(SubmissionOutcome.refused(FaultyField.of(fit)));
    }
    return SubmissionOutcome.of(
        () -> publisher.publish(PreferenceReader.read(event, application, clock.instant())));
  }
}
