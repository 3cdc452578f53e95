package org.rlhfstreams.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.events.WeightVersion;

/** A record is refused for what it is, never for what the registry suffers from. */
final class RecordDecoderTest {
  private static final byte[] RECORD = {0, 0, 0, 0, 7, 0, 2};

  private final AtomicReference<String> authorization = new AtomicReference<>();
  private HttpServer registry;
  private int status;

  @BeforeEach
  void startRegistry() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
          String code = status == 404 ? "40403" : String.valueOf(status);
          byte[] body =
              "{\"error_code\":%s,\"message\":\"no\"}"
                  .formatted(code)
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    registry.start();
  }

  @AfterEach
  void closeRegistry() {
    registry.stop(0);
  }

  private WeightVersion decode() throws UndecodableException {
    String url = "http://127.0.0.1:" + registry.getAddress().getPort();
    EventSerdes serdes =
        new EventSerdes(url, Map.of("max.retries", "0", "basic.auth.user.info", "me:word"));
    return new RecordDecoder<>(WeightVersion.class, serdes).decode("topic", RECORD);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500, 502, 503})
  void aRegistryThatCannotBeAskedNowRefusesNoRecord(int answer) {
    status = answer;
    assertThatThrownBy(this::decode).isInstanceOf(RegistryUnavailableException.class);
    // The credentials of the settings reach it: Confluent's classes find what sends them.
    assertThat(authorization.get()).isEqualTo("Basic bWU6d29yZA==");
  }

  @Test
  void aSchemaThatTheRegistryDoesNotKnowIsTheRecordsFault() {
    status = 404;
    assertThatThrownBy(this::decode)
        .isInstanceOf(UndecodableException.class)
        .hasMessage("the registry knows no schema with id 7");
  }
}
