package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.people.live.ControlsView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;

/** What admins ask of the run. */
final class ControlResource {
  private final ControlsView controls;
  private final PublishedOnce once;
  private final String topic;
  private final Clock clock;

  ControlResource(ControlsView controls, PublishedOnce once, String topic, Clock clock) {
    this.controls = controls;
    this.once = once;
    this.topic = topic;
    this.clock = clock;
  }

  Future<ApiResponse> control(OperationRequest request) {
    JsonObject body = request.body();
    ControlAction action = action(body.getString("action"));
    if (action != ControlAction.ROLL_BACK && body.containsKey("step")) {
      throw ProblemException.at("step", 400, "Not in order", "only roll-back goes to a step");
    }
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId(UUID.randomUUID().toString())
            .setAction(action)
            .setStep(body.containsKey("step") ? body.getNumber("step").longValue() : null)
            .setRequestedBy(request.caller().name())
            .setRequestedAt(clock.instant())
            .build();
    return request
        .when(
            once.publish(
                List.of(new ProducerRecord<>(topic, command.getCommandId(), command)),
                () -> controls.apply(command)))
        .map(
            done -> ApiResponse.of(202, new JsonObject().put("commandId", command.getCommandId())));
  }

  private static ControlAction action(String name) {
    return switch (name) {
      case "pause" -> ControlAction.PAUSE_ADMISSION;
      case "resume" -> ControlAction.RESUME_ADMISSION;
      case "checkpoint" -> ControlAction.CHECKPOINT;
      default -> ControlAction.ROLL_BACK;
    };
  }
}
