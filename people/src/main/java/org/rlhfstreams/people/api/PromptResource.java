package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;

/**
 * Prompts of applications. Sent again they are in the log again, but admission takes an id once.
 */
final class PromptResource {
  private final PublishedOnce once;
  private final String topic;
  private final Clock clock;

  PromptResource(PublishedOnce once, String topic, Clock clock) {
    this.once = once;
    this.topic = topic;
    this.clock = clock;
  }

  Future<ApiResponse> publish(OperationRequest request) {
    JsonArray prompts = request.body().getJsonArray("prompts");
    List<ProducerRecord<String, Object>> records = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < prompts.size(); i++) {
      JsonObject prompt = prompts.getJsonObject(i);
      String at = "prompts." + i;
      if (!ids.add(prompt.getString("promptId"))) {
        throw ProblemException.at(
            at + ".promptId", 400, "Not in order", "another prompt of this request has it");
      }
      if (prompt.containsKey("text") == prompt.containsKey("messages")) {
        throw ProblemException.at(
            at + ".text", 400, "Not in order", "a prompt has either text or messages");
      }
      RecordSize.require(at, RecordSize.bytes(prompt.encode()));
      records.add(
          new ProducerRecord<>(
              topic, prompt.getString("promptId"), read(prompt, at, request.caller().name())));
    }
    return request
        .when(once.publish(records, () -> {}))
        .map(done -> ApiResponse.of(201, new JsonObject().put("accepted", records.size())));
  }

  private Prompt read(JsonObject prompt, String at, String application) {
    JsonObject row = prompt.copy();
    String id = (String) row.remove("promptId");
    if (row.containsKey("text")) {
      row.put("prompt", row.remove("text"));
    }
    return Prompt.newBuilder(new RequestRow(row, at).prompt("application:" + application))
        .setPromptId(id)
        .setCreatedAt(clock.instant())
        .build();
  }
}
