package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.people.access.LoopbackRule;
import org.rlhfstreams.people.access.PersonRole;
import org.rlhfstreams.people.access.SecurityHeaders;
import org.rlhfstreams.people.access.TokensFile;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** Sessions, other sites' pages, other hosts' names, tokens that change, and too many requests. */
final class BrowserProtectionTest {
  @TempDir private Path directory;

  @Test
  void withoutTokensNothingComesThroughAProxy() {
    try (ServedApi api = ServedApi.open()) {
      assertThat(api.call(Map.of(), "GET", "/status", null).statusCode()).isEqualTo(200);
      for (String header : List.of("X-Forwarded-For", "Forwarded", "Via")) {
        HttpResponse<String> refused =
            api.call(Map.of(header, "for=192.0.2.7"), "GET", "/status", null);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("rlhf people token");
      }
    }
    try (ServedApi api = ServedApi.guarded(directory, Map.of())) {
      Map<String, String> headers =
          Map.of(
              "X-Forwarded-For",
              "192.0.2.7",
              "Authorization",
              "Bearer " + api.token(PersonRole.VIEWER));
      assertThat(api.call(headers, "GET", "/status", null).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aSessionSpeaksForATokenOnlyTogetherWithItsCsrfToken() {
    try (ServedApi api = ServedApi.guarded(directory, Map.of())) {
      api.ask("a|b");
      HttpResponse<String> begun =
          api.call(
              Map.of(),
              "POST",
              "/session",
              new JsonObject().put("token", api.token(PersonRole.ANNOTATOR)).encode());
      assertThat(begun.statusCode()).isEqualTo(201);
      String set = begun.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(set).contains("HTTPOnly", "SameSite=Strict", "Path=/").doesNotContain("Secure");
      Map<String, String> cookie = new HashMap<>(Map.of("Cookie", set.replaceFirst(";.*", "")));
      JsonObject session = ServedApi.json(api.call(cookie, "GET", "/session", null));
      assertThat(session.getString("role")).isEqualTo("annotator");
      String body =
          ServedApi.judgement("6f1c2a52-9f0e-4b0e-8a3f-0d7a4b6c1e11", "a|b", "tie").encode();
      HttpResponse<String> forged = api.call(cookie, "POST", "/judgements", body);
      assertThat(forged.statusCode()).isEqualTo(403);
      assertThat(ServedApi.json(forged).getString("field")).isEqualTo("X-CSRF-Token");
      cookie.put("X-CSRF-Token", "a guess");
      assertThat(api.call(cookie, "POST", "/judgements", body).statusCode()).isEqualTo(403);
      cookie.put("X-CSRF-Token", session.getString("csrfToken"));
      assertThat(api.call(cookie, "POST", "/judgements", body).statusCode()).isEqualTo(201);
      assertThat(api.call(cookie, "DELETE", "/session", null).statusCode()).isEqualTo(204);
      assertThat(api.call(cookie, "GET", "/session", null).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void behindTlsTheCookieIsForTlsAlone() {
    try (ServedApi api = ServedApi.open()) {
      HttpResponse<String> begun =
          api.call(Map.of("X-Forwarded-Proto", "https"), "POST", "/session", "{}");
      assertThat(begun.headers().firstValue("Set-Cookie").orElseThrow()).contains("Secure");
    }
  }

  @Test
  void withoutTokensSomeoneChoosesANameThatOutlivesTheServer() {
    String cookie;
    try (ServedApi api = ServedApi.open()) {
      HttpResponse<String> begun = api.call(Map.of(), "POST", "/session", "{\"name\":\"alice\"}");
      cookie = begun.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
      assertThat(ServedApi.json(api.call(Map.of(), "GET", "/session", null)).getString("name"))
          .isEqualTo("local");
    }
    try (ServedApi again = ServedApi.open()) {
      JsonObject session =
          ServedApi.json(again.call(Map.of("Cookie", cookie), "GET", "/session", null));
      assertThat(session.getString("name")).isEqualTo("alice");
      assertThat(session.getString("role")).isEqualTo("admin");
    }
  }

  @Test
  void pagesOfOtherSitesChangeNothing() {
    try (ServedApi api = ServedApi.open()) {
      String pause = "{\"action\":\"pause\"}";
      for (Map<String, String> foreign :
          List.of(
              Map.of("Origin", "http://evil.example"),
              Map.of("Origin", "null"),
              Map.of("Origin", "http://localhost:1"),
              Map.of("Sec-Fetch-Site", "cross-site"))) {
        assertThat(api.call(foreign, "POST", "/controls", pause).statusCode()).isEqualTo(403);
      }
      assertThat(api.outbox().sent()).isEmpty();
      Map<String, String> own =
          Map.of("Origin", api.server().url(), "Sec-Fetch-Site", "same-origin");
      assertThat(api.call(own, "POST", "/controls", pause).statusCode()).isEqualTo(202);
    }
  }

  @Test
  void aNameThatPointsHereIsNotEnough() throws IOException {
    try (ServedApi api = ServedApi.open()) {
      String path = " /api/v1/status HTTP/1.1\r\nConnection: close\r\nHost: ";
      assertThat(raw(api, "GET" + path + "evil.example\r\n\r\n")).startsWith("HTTP/1.1 421");
      assertThat(raw(api, "GET" + path + "localhost:80\r\n\r\n")).startsWith("HTTP/1.1 200");
      assertThat(raw(api, "GET" + path + "[::1]:80\r\n\r\n")).startsWith("HTTP/1.1 200");
      assertThat(raw(api, "GET / HTTP/1.1\r\nConnection: close\r\nHost: evil.example\r\n\r\n"))
          .startsWith("HTTP/1.1 421");
    }
  }

  static String raw(ServedApi api, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server().port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  @Test
  void otherMachinesAreServedWithTokensAlone() {
    assertThatThrownBy(
            () -> LoopbackRule.of(RlhfConfiguration.of(Map.of("people.host", "0.0.0.0")).people()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("people.tokens-file")
        .hasMessageContaining("rlhf people token");
    LoopbackRule guarded =
        LoopbackRule.of(
            RlhfConfiguration.of(
                    Map.of("people.host", "0.0.0.0", "people.tokens-file", "tokens.yaml"))
                .people());
    assertThat(guarded.allowsHost("rlhf.example")).isTrue();
  }

  @Test
  void tokensComeAndGoWithoutARestart() {
    try (ServedApi api = ServedApi.guarded(directory, Map.of())) {
      Path file = directory.resolve("tokens.yaml");
      String newer = TokensFile.add(file, "viewer", PersonRole.VIEWER);
      Awaitility.await().until(() -> status(api, newer) == 200);
      assertThat(status(api, api.token(PersonRole.VIEWER))).isEqualTo(200);
      TokensFile.revoke(file, "viewer", true);
      Awaitility.await().until(() -> status(api, api.token(PersonRole.VIEWER)) == 401);
      assertThat(status(api, newer)).isEqualTo(200);
    }
  }

  @Test
  void aFileThatIsBrokenLeavesTheTokensThatHeldAndOneThatIsGoneNone() throws IOException {
    try (ServedApi api = ServedApi.guarded(directory, Map.of())) {
      Path file = directory.resolve("tokens.yaml");
      String newer = TokensFile.add(file, "viewer", PersonRole.VIEWER);
      Awaitility.await().until(() -> status(api, newer) == 200);
      Files.writeString(file, "tokens: [");
      Path other = directory.resolve("other.yaml");
      TokensFile.add(other, "viewer", PersonRole.VIEWER);
      assertThat(status(api, newer)).isEqualTo(200);
      Files.delete(file);
      Awaitility.await().until(() -> status(api, newer) == 401);
    }
  }

  private static int status(ServedApi api, String token) {
    return api.call(Map.of("Authorization", "Bearer " + token), "GET", "/status", null)
        .statusCode();
  }

  @Test
  void whoAsksTooOftenIsToldWhenToAskAgain() {
    Map<String, String> slow = Map.of("people.requests-per-second", "2");
    try (ServedApi api = ServedApi.guarded(directory, slow)) {
      for (int i = 0; i < 4; i++) {
        assertThat(status(api, api.token(PersonRole.VIEWER))).isEqualTo(200);
      }
      HttpResponse<String> refused = api.call(PersonRole.VIEWER, "GET", "/status");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      assertThat(status(api, api.token(PersonRole.ADMIN))).isEqualTo(200);
    }
  }

  @Test
  void everyAnswerTellsABrowserWhatNotToDo() {
    try (ServedApi api = ServedApi.open()) {
      for (String path : List.of("/api/v1/status", "/api/v1/nothing", "/", "/nothing")) {
        HttpResponse<String> answer = api.send(Map.of(), "GET", path, null);
        assertThat(answer.headers().firstValue("Content-Security-Policy"))
            .as(path)
            .contains(SecurityHeaders.CONTENT_SECURITY_POLICY);
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      }
      assertThat(api.send(Map.of(), "GET", "/assets/uplot/uPlot.iife.min.js", null).statusCode())
          .isEqualTo(200);
      for (String path :
          List.of("/assets/../openapi.yaml", "/assets/%2e%2e/openapi.yaml", "/openapi.yaml")) {
        assertThat(api.send(Map.of(), "GET", path, null).statusCode()).as(path).isEqualTo(404);
      }
    }
  }
}
