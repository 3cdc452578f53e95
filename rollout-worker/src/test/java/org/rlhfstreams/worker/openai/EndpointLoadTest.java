package org.rlhfstreams.worker.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens before there are weights, when there is too much to do, and when callers leave. */
@Tag("slow")
final class EndpointLoadTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final String COMPLETIONS = "/v1/completions";
  private static final String LONG =
      "{\"prompt\":\"Once upon a time\",\"min_tokens\":300,\"max_tokens\":300,\"seed\":1";

  private static JsonNode error(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
    return Endpoint.json(response.body()).get("error");
  }

  @Test
  void beforeTheFirstWeightsCallersAreToldToWait() {
    try (Endpoint endpoint = new Endpoint(1, 1)) {
      String body = "{\"prompt\":\"Once\",\"max_tokens\":3}";
      assertThat(error(503, endpoint.send(COMPLETIONS, body)).get("message").asText())
          .contains("no policy weights have arrived yet");
      endpoint.policy.arrived(0);
      assertThat(endpoint.ask(COMPLETIONS, body).get("choices")).hasSize(1);
    }
  }

  @Test
  void whatDoesNotFitTheQueueIsRefusedAndTheRestAnswered() throws Exception {
    try (Endpoint endpoint = new Endpoint(1, 2)) {
      endpoint.policy.arrived(0);
      endpoint.policy.hold();
      List<CompletableFuture<HttpResponse<String>>> taken = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        taken.add(endpoint.sendLater(COMPLETIONS, "{\"prompt\":\"Once\",\"max_tokens\":3}"));
      }
      await().atMost(LONGEST).until(() -> endpoint.service.outstanding() == 3);
      JsonNode error = error(429, endpoint.send(COMPLETIONS, "{\"prompt\":\"Once\"}"));
      assertThat(error.get("code").asText()).isEqualTo("rate_limit_exceeded");
      assertThat(error.get("message").asText()).contains("rollout-worker.completion-queue");
      endpoint.policy.release();
      for (CompletableFuture<HttpResponse<String>> answer : taken) {
        assertThat(answer.get().statusCode()).isEqualTo(200);
      }
      assertThat(endpoint.service.outstanding()).isZero();
    }
  }

  @Test
  void whoHangsUpCostsNoMoreTokens() {
    try (Endpoint endpoint = new Endpoint(4, 4)) {
      endpoint.policy.arrived(0);
      endpoint.policy.hold();
      endpoint.policy.allow(20);
      try (Stream<String> lines = endpoint.lines(COMPLETIONS, LONG + ",\"n\":4,\"stream\":true}")) {
        assertThat(lines.findFirst().orElseThrow()).startsWith("data: {");
      }
      await()
          .atMost(LONGEST)
          .until(
              () -> {
                endpoint.policy.allow(1);
                return endpoint.service.outstanding() == 0;
              });
      endpoint.policy.release();
      assertThat(
              endpoint.ask(COMPLETIONS, LONG + "}").get("usage").get("completion_tokens").asInt())
          .as("the next caller is answered")
          .isEqualTo(300);
      assertThat(endpoint.service.tokensDrawn())
          .as("four times 300 would have been drawn for the first")
          .isLessThan(300 + 4 * 200);
    }
  }

  @Test
  void newWeightsTakeOverBetweenTwoTokensOfAnAnswer() {
    try (Endpoint endpoint = new Endpoint(1, 1)) {
      endpoint.policy.arrived(7);
      endpoint.policy.arrives(8, 50);
      List<JsonNode> parts = endpoint.stream(COMPLETIONS, LONG + ",\"stream\":true}");
      Iterator<String> versions =
          parts.stream().map(part -> part.get("system_fingerprint").asText()).distinct().iterator();
      assertThat(versions).toIterable().containsExactly("0.7", "0.8");
    }
  }

  @Test
  void aClosingWorkerTellsThoseWhoWait() throws Exception {
    CompletableFuture<HttpResponse<String>> answer;
    try (Endpoint endpoint = new Endpoint(1, 1)) {
      endpoint.policy.arrived(0);
      endpoint.policy.hold();
      answer = endpoint.sendLater(COMPLETIONS, LONG + "}");
      await().atMost(LONGEST).until(() -> endpoint.service.outstanding() == 1);
      CompletableFuture<Void> closing = CompletableFuture.runAsync(endpoint.service::close);
      endpoint.policy.allow(3);
      assertThat(error(503, answer.get()).get("message").asText()).contains("closing");
      closing.get();
    }
  }
}
