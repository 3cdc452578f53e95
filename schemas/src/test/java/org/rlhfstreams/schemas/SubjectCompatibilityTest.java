package org.rlhfstreams.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry that refuses the first of what several roles say at once. */
final class SubjectCompatibilityTest {
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer registry;
  private int refusals;

  @BeforeEach
  void startRegistry() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          boolean refused = asked.incrementAndGet() <= refusals;
          byte[] body =
              (refused ? "{\"message\":\"it exists\"}" : "{\"id\":1}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(refused ? 409 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    registry.start();
  }

  @AfterEach
  void closeRegistry() {
    registry.stop(0);
  }

  private void ensure() {
    String url = "http://127.0.0.1:" + registry.getAddress().getPort();
    new SubjectCompatibility(url, Map.of()).ensure(List.of(new Topics("run.", 1).prompts()));
  }

  @Test
  void whatAnotherRoleHasJustSaidIsSaidAgain() {
    refusals = 1;
    ensure();
    assertThat(asked).hasValue(3); // the level twice, the schema once
  }

  @Test
  void aConflictThatStaysIsASchemaThatBreaksTheLog() {
    refusals = Integer.MAX_VALUE;
    assertThatThrownBy(this::ensure)
        .isInstanceOf(TopicException.class)
        .hasMessageContaining("the schema of topic run.prompts breaks what is in the log")
        .hasMessageContaining("it exists");
  }
}
