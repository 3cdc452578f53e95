package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.people.live.ControlsView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;

/** What admins ask of the run, each command once by its id. */
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
    String given = body.getString("commandId");
    ControlCommand command =
        ControlCommand.newBuilder()
            // In one spelling: the same UUID is the same command.
            .setCommandId(given == null ? randomId() : given.toLowerCase(Locale.ROOT))
            .setAction(action)
            .setStep(body.containsKey("step") ? body.getNumber("step").longValue() : null)
            .setRequestedBy(request.caller().name())
            .setRequestedAt(clock.instant())
            .build();
    String id = command.getCommandId();
    CompletableFuture<Boolean> published = publish(command);
    return request
        .when(given == null ? published.exceptionallyCompose(e -> named(id, e)) : published)
        .map(
            isNew ->
                ApiResponse.of(
                    isNew ? 202 : 200,
                    new JsonObject().put("commandId", given == null ? id : given)));
  }

  private static String randomId() {
    return UUID.randomUUID().toString();
  }

  private CompletableFuture<Boolean> publish(ControlCommand command) {
    ContentDigest content = ControlsView.content(command);
    String key = "command " + command.getCommandId();
    return once.publish(
        new PublishedOnce.Claim(key, key, content),
        () -> PublishedOnce.Known.of(controls.find(command.getCommandId()), content),
        () -> List.of(new ProducerRecord<>(topic, command.getCommandId(), command)),
        () -> controls.apply(command));
  }

  /** Tells a client that chose no id which one makes its command safe to send again. */
  private static CompletableFuture<Boolean> named(String id, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ProblemException problem && problem.retryAfter().isPresent()) {
      return CompletableFuture.failedFuture(
          ProblemException.later(
              problem.status(),
              "Not now",
              "the command is not known to be kept; send it again with \"commandId\": \"%s\", and it counts once"
                  .formatted(id),
              problem.retryAfter().get()));
    }
    return CompletableFuture.failedFuture(failure);
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
