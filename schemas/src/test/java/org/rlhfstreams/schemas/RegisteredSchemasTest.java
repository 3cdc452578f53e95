package org.rlhfstreams.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RegisteredSchemasTest {
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer registry;
  private RegisteredSchemas schemas;
  private int status = 200;
  private String answer = "{\"schema\":\"{\\\"type\\\":\\\"int\\\"}\"}";

  @BeforeEach
  void startRegistry() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/schemas/ids/7",
        exchange -> {
          asked.incrementAndGet();
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    registry.start();
    schemas =
        new RegisteredSchemas(
            new RegistryClient(
                "http://127.0.0.1:" + registry.getAddress().getPort() + "/", Map.of()));
  }

  @AfterEach
  void closeRegistry() {
    registry.stop(0);
  }

  @Test
  void aSchemaIsAskedForOnce() throws UndecodableException {
    assertThat(schemas.byId(7).getType()).isEqualTo(Schema.Type.INT);
    assertThat(schemas.byId(7).getType()).isEqualTo(Schema.Type.INT);
    assertThat(asked).hasValue(1);
  }

  @Test
  void oneThatTheRegistryDoesNotKnowIsTheRecordsFault() {
    status = 404;
    assertThatThrownBy(() -> schemas.byId(7))
        .isInstanceOf(UndecodableException.class)
        .hasMessage("the registry knows no schema with id 7");
    status = 200;
    answer = "{\"schema\":\"message Rollout {}\"}";
    assertThatThrownBy(() -> schemas.byId(7))
        .isInstanceOf(UndecodableException.class)
        .hasMessage("schema 7 of the registry is not Avro");
  }

  @Test
  void aRegistryThatCannotBeAskedNowIsNot() {
    status = 503;
    answer = "overloaded";
    assertThatThrownBy(() -> schemas.byId(7))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("answers 503 when asked for schema 7: overloaded");
    registry.stop(0);
    assertThatThrownBy(() -> schemas.byId(7)).isInstanceOf(RegistryUnavailableException.class);
  }
}
