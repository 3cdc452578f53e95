package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.people.access.PersonRole;

/** A command counts once, however often its request is sent. */
final class CommandsTest {
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
  void aCommandThatIsSentAgainCountsOnce() {
    String id = "0B0D5C4E-3F0A-4E6B-9C57-0A8F3D1B2C3D";
    JsonObject rollBack = new JsonObject().put("action", "roll-back").put("commandId", id);
    HttpResponse<String> first = control(rollBack.encode());
    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(ServedApi.json(first).getString("commandId")).isEqualTo(id);
    HttpResponse<String> again = control(rollBack.encode());
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
    rollBack.put("commandId", id.toLowerCase(Locale.ROOT));
    assertThat(control(rollBack.encode()).statusCode()).isEqualTo(200);
    assertThat(control(rollBack.put("step", 3).encode()).statusCode()).isEqualTo(409);
    assertThat(api.outbox().sent()).hasSize(1);
    assertThat(control("{\"action\":\"pause\",\"commandId\":\"mine\"}").statusCode())
        .isEqualTo(400);
  }

  @Test
  void aCommandWithoutAnIdIsNamedIfItIsNotKnownToBeKept() {
    api.outbox().failing(true);
    HttpResponse<String> unknown = control("{\"action\":\"roll-back\",\"step\":3}");
    assertThat(unknown.statusCode()).isEqualTo(503);
    assertThat(unknown.headers().firstValue("Retry-After")).isPresent();
    Matcher named =
        Pattern.compile("\"commandId\": \"([0-9a-f-]{36})\"")
            .matcher(ServedApi.json(unknown).getString("detail"));
    assertThat(named.find()).as(unknown.body()).isTrue();
    api.outbox().failing(false);
    String again =
        "{\"action\":\"roll-back\",\"step\":3,\"commandId\":\"%s\"}".formatted(named.group(1));
    assertThat(control(again).statusCode()).isEqualTo(202);
    assertThat(control(again).statusCode()).isEqualTo(200);
    assertThat(api.outbox().sent())
        .extracting(record -> ((ControlCommand) record.value()).getCommandId())
        .containsExactly(named.group(1));
  }

  @Test
  void aCommandThatIsReadTwiceSteersOnce() {
    control("{\"action\":\"pause\"}");
    control("{\"action\":\"resume\"}");
    ControlCommand pause = (ControlCommand) api.outbox().sent().get(0).value();
    api.views().controls().apply(pause); // the follower comes to it after both were answered
    assertThat(ServedApi.json(api.call(PersonRole.VIEWER, "GET", "/status")).getBoolean("paused"))
        .isFalse();
  }

  private HttpResponse<String> control(String body) {
    return api.call(PersonRole.ADMIN, "POST", "/controls", body);
  }
}
