package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Ten thousand requests that are wrong in some way, over real HTTP: each is answered 4xx with a
 * problem that names what is wrong, and none writes an event.
 */
@Tag("slow")
final class HostileRequestsTest {
  private static final int TRIES = 440;
  private static final int AT_ONCE = 25;
  private static final Object NEVER_IN_ORDER = -1;
  private static final Map<String, Integer> SEEN = new TreeMap<>();

  private static final List<Object> WRONG_VALUES =
      List.of(
          "",
          "left right",
          "\u0000",
          "\ud800",
          "\u202e\u200b<script>alert(1)</script>",
          "x".repeat(300_000),
          -1,
          1e300,
          Long.MAX_VALUE,
          1.5,
          true,
          new JsonObject(),
          new JsonArray(),
          new JsonArray().add(new JsonArray().add(7)),
          new JsonObject().put("$ref", "#/components/schemas/Problem"),
          "'; DROP TABLE judgements; --",
          "../../../../etc/passwd",
          "${jndi:ldap://127.0.0.1/a}");

  private static ServedApi api;

  /** A request, as bytes are sent, and what to expect. */
  record Hostile(String what, String method, String path, String headers, String body) {}

  @BeforeContainer
  static void serve() {
    api = ServedApi.open();
    api.ask("a|b");
  }

  @AfterContainer
  static void close() {
    api.close();
    System.out.printf("hostile requests by answer: %s%n", SEEN);
    assertThat(SEEN.values().stream().mapToInt(Integer::intValue).sum())
        .isGreaterThanOrEqualTo(10_000);
  }

  /** Bodies that are in order, of which something is made wrong. */
  private static List<Map.Entry<String, JsonObject>> bodies() {
    return List.of(
        Map.entry(
            "/judgements",
            ServedApi.judgement("6f1c2a52-9f0e-4b0e-8a3f-0d7a4b6c1e11", "a|b", "left")),
        Map.entry(
            "/preferences",
            new JsonObject()
                .put("preferenceId", "p")
                .put("kind", "pair")
                .put("prompt", "P")
                .put("chosen", "a")
                .put("rejected", "b")),
        Map.entry(
            "/prompts",
            new JsonObject()
                .put(
                    "prompts",
                    new JsonArray().add(new JsonObject().put("promptId", "p").put("text", "P")))),
        Map.entry(
            "/preferences/batch",
            new JsonObject().put("events", new JsonArray().add(new JsonObject()))),
        Map.entry("/controls", new JsonObject().put("action", "roll-back").put("step", 3)),
        Map.entry("/session", new JsonObject().put("name", "alice")),
        Map.entry(
            "/webhooks/argilla",
            new JsonObject().put("type", "response.created").put("data", new JsonObject())));
  }

  private static Arbitrary<Map.Entry<String, JsonObject>> anyBody() {
    return Arbitraries.of(bodies());
  }

  /** One member has another value, is missing, or is too much. */
  private static Arbitrary<Hostile> wrongMember() {
    return Combinators.combine(
            anyBody(), Arbitraries.of(WRONG_VALUES), Arbitraries.integers().between(0, 9))
        .as(
            (body, value, which) -> {
              JsonObject changed = body.getValue().copy();
              List<String> names = new ArrayList<>(changed.fieldNames());
              String name = names.get(which % names.size());
              if (which == 8) {
                changed.put("unknown", value);
              } else if (which == 9) {
                changed.remove(names.get(0));
              } else {
                changed.put(name, isInOrder(name, value) ? NEVER_IN_ORDER : value);
              }
              return post("member " + name, body.getKey(), changed.encode());
            });
  }

  /** Texts may say anything, and there are two ways round. */
  private static boolean isInOrder(String name, Object value) {
    boolean isText =
        value instanceof String text
            && text.length() < 1_000
            && !text.equals("\u0000")
            && !text.equals("\ud800");
    boolean takesText = List.of("preferenceId", "prompt", "chosen", "rejected").contains(name);
    return takesText ? isText : name.equals("swapped") && value instanceof Boolean;
  }

  private static Arbitrary<Hostile> brokenBody() {
    return Combinators.combine(
            anyBody(),
            Arbitraries.integers().between(0, 60),
            Arbitraries.of("", "[", "null", "7", "\"", "{\"a\":", "\ufeff{}", "[[[[", "{}{}"))
        .as(
            (body, at, junk) -> {
              String text = body.getValue().encode();
              return post(
                  "broken",
                  body.getKey(),
                  text.substring(0, Math.min(at, text.length() - 1)) + junk);
            });
  }

  private static Arbitrary<Hostile> deepOrLarge() {
    return Combinators.combine(anyBody(), Arbitraries.of(200, 1_500, 100_000, 600_000))
        .as((body, depth) -> post("deep", body.getKey(), "[".repeat(depth) + "]".repeat(depth)));
  }

  private static Arbitrary<Hostile> wrongParameter() {
    return Arbitraries.of(
            "/rollouts?limit=0",
            "/rollouts?limit=-1",
            "/rollouts?limit=many",
            "/rollouts?limit=99999999999999999999",
            "/rollouts?limit=1.5",
            "/rollouts?version=" + "9".repeat(100),
            "/metrics?after=NaN",
            "/metrics?after=1e400",
            "/dead-letters?limit=%00",
            "/judgements/mine?limit=1000",
            "/comparisons/next?exclude=" + "a".repeat(3_500),
            "/comparisons/next?exclude=%25zz",
            "/prompts/none/rollouts",
            "/prompts/%00/rollouts",
            "/prompts/%ff%fe/rollouts",
            "/prompts/..%2f..%2fetc/rollouts",
            "/annotators/a%20b/judgements",
            "/nothing/here",
            "/%2e%2e/%2e%2e/etc/passwd")
        .map(path -> new Hostile("parameter", "GET", path, "", ""));
  }

  private static Arbitrary<Hostile> wrongMethodOrType() {
    Arbitrary<Hostile> method =
        Combinators.combine(anyBody(), Arbitraries.of("PUT", "PATCH", "TRACE", "PROPFIND", "HEAD"))
            .as((body, name) -> new Hostile("method", name, body.getKey(), "", ""));
    Arbitrary<Hostile> type =
        Combinators.combine(
                anyBody(), Arbitraries.of("text/plain", "text/html", "multipart/form-data", "a/b"))
            .as(
                (body, name) ->
                    new Hostile(
                        "type",
                        "POST",
                        body.getKey(),
                        "Content-Type: " + name + "\r\n",
                        body.getValue().encode()));
    return Arbitraries.oneOf(method, type);
  }

  private static Arbitrary<Hostile> wrongHeaders() {
    return Combinators.combine(
            anyBody(),
            Arbitraries.of(
                "Origin: http://evil.example\r\n",
                "Sec-Fetch-Site: cross-site\r\n",
                "X-Long: " + "x".repeat(9_000) + "\r\n",
                "Cookie: rlhf_session=local.!!!.x\r\nOrigin: null\r\n",
                "Content-Length: -5\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 7\r\nOrigin: null\r\n",
                "Bad Header\r\nOrigin: null\r\n"))
        .as(
            (body, header) ->
                new Hostile(
                    "header",
                    "POST",
                    body.getKey(),
                    "Content-Type: application/json\r\n" + header,
                    body.getValue().encode()));
  }

  private static Arbitrary<Hostile> outOfOrder() {
    return Arbitraries.of(
        new Hostile("order", "DELETE", "/judgements/6f1c2a52-9f0e-4b0e-8a3f-0d7a4b6c1e99", "", ""),
        post(
            "order",
            "/judgements",
            ServedApi.judgement("6f1c2a52-9f0e-4b0e-8a3f-0d7a4b6c1e12", "no|such", "tie").encode()),
        post("order", "/controls", "{\"action\":\"checkpoint\",\"step\":3}"),
        post("order", "/controls", "{\"action\":\"pause\",\"step\":3}"));
  }

  private static Hostile post(String what, String path, String body) {
    // Half of a character has no bytes of its own.
    String sendable = body.replace("\ud800", "\\ud800");
    return new Hostile(what, "POST", path, "Content-Type: application/json\r\n", sendable);
  }

  @Provide
  Arbitrary<List<Hostile>> hostile() {
    return Arbitraries.frequencyOf(
            Tuple.of(8, wrongMember()),
            Tuple.of(4, brokenBody()),
            Tuple.of(1, deepOrLarge()),
            Tuple.of(4, wrongParameter()),
            Tuple.of(3, wrongMethodOrType()),
            Tuple.of(3, wrongHeaders()),
            Tuple.of(2, outOfOrder()))
        .list()
        .ofSize(AT_ONCE);
  }

  @Property(
      tries = TRIES,
      generation = GenerationMode.RANDOMIZED,
      shrinking = ShrinkingMode.OFF,
      seed = "42")
  void areAnsweredWhatIsWrongAndWriteNothing(@ForAll("hostile") List<Hostile> requests) {
    for (Hostile request : requests) {
      String answer = send(request);
      int status = status(request, answer);
      if (isHarmless(request, status)) {
        continue; // what was made of it happens to be in order
      }
      SEEN.merge(request.what() + " " + status, 1, Integer::sum);
      assertThat(status).as("%s%n%s", request, answer).isBetween(400, 499);
      assertThat(answer).doesNotContain("Exception", "\tat ", "org.rlhfstreams", "io.vertx");
      if (!request.method().equals("HEAD")) {
        JsonObject problem = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("detail")).isNotEmpty();
        if (status == 400 && request.what().startsWith("member")) {
          assertThat(problem.getString("field")).as(request.body()).isNotEmpty();
        }
      }
      assertThat(api.outbox().sent()).as("%s", request).isEmpty();
    }
  }

  /** A name is chosen, a list is empty, many were refused one by one: no event, and no error. */
  private static boolean isHarmless(Hostile request, int status) {
    return (status == 200 || status == 201 || status == 204)
        && api.outbox().sent().isEmpty()
        && (request.path().startsWith("/session")
            || request.path().startsWith("/preferences/batch")
            || request.path().startsWith("/webhooks")
            || request.method().equals("GET"));
  }

  private static int status(Hostile request, String answer) {
    assertThat(answer).as("%s", request).startsWith("HTTP/1.1 ");
    return Integer.parseInt(answer.substring(9, 12));
  }

  private static String send(Hostile request) {
    byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
    String head =
        request.method()
            + " /api/v1"
            + request.path()
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + request.headers()
            + (request.headers().contains("Content-Length")
                ? ""
                : "Content-Length: " + body.length + "\r\n")
            + "\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server().port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      try {
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // The answer has come before the body was read, as it should for one that is too large.
        assertThat(body.length).isGreaterThan(1 << 16);
      }
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(request.what() + " " + request.path(), e);
    }
  }
}
