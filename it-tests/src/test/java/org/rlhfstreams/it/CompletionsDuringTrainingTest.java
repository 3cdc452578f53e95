package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The policy can be talked to while it learns, and answers with what it has learned by then. */
final class CompletionsDuringTrainingTest {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ONCE = "\"prompt\":\"Once upon a time\",\"max_tokens\":24,\"seed\":1";

  @TempDir private Path directory;
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> post(String url, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode complete(String url) throws Exception {
    HttpResponse<String> response = post(url, "{" + ONCE + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return MAPPER.readTree(response.body());
  }

  private static long step(JsonNode answer) {
    return Long.parseLong(answer.get("system_fingerprint").asText().replaceFirst("^0\\.", ""));
  }

  @Test
  void aRunAnswersWithItsNewestPolicyAndGoesOn() throws Exception {
    try (RlhfProcess up = RlhfProcess.up(directory, 8)) {
      String url = up.awaitLine("completions at (\\S+)").group(1);
      up.awaitLine("step 1 ");
      JsonNode first = complete(url + "/completions");
      assertThat(first.get("usage").get("completion_tokens").asInt()).isBetween(1, 24);
      assertThat(first.get("choices").get(0).get("text").asText()).isNotBlank();

      assertStreamed(post(url + "/completions", "{\"stream\":true," + ONCE + "}"));
      assertStreamed(
          post(
              url + "/chat/completions",
              "{\"stream\":true,\"max_tokens\":12,"
                  + "\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}]}"));

      await("a newer policy answers")
          .atMost(LONGEST)
          .until(() -> step(complete(url + "/completions")) > step(first));
      long answered = step(complete(url + "/completions"));
      up.awaitLine("step " + (answered + 3) + " ");
      up.interrupt();
      assertThat(up.awaitExit()).isEqualTo(130);
    }
  }

  private static void assertStreamed(HttpResponse<String> response) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    String[] events = response.body().split("\n\n", -1);
    assertThat(events.length).isGreaterThan(4);
    assertThat(events[events.length - 2]).isEqualTo("data: [DONE]");
    for (int i = 0; i < events.length - 2; i++) {
      JsonNode part = MAPPER.readTree(events[i].substring("data: ".length()));
      assertThat(step(part)).isNotNegative();
    }
  }
}
