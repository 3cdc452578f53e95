package org.rlhfstreams.worker.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EndpointRefusalTest {
  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";

  private static Endpoint endpoint;

  @BeforeAll
  static void open() {
    endpoint = new Endpoint(2, 2);
    endpoint.policy.arrived(0);
  }

  @AfterAll
  static void close() {
    endpoint.close();
  }

  private static JsonNode refused(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode error = Endpoint.json(response.body()).get("error");
    assertThat(error.get("message").asText()).isNotBlank();
    assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
    return error;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "temperature | \"temperature\":-1",
        "temperature | \"temperature\":\"hot\"",
        "top_p       | \"top_p\":0",
        "top_k       | \"top_k\":1.5",
        "min_p       | \"min_p\":1",
        "n           | \"n\":0",
        "n           | \"n\":5",
        "max_tokens  | \"max_tokens\":0",
        "min_tokens  | \"min_tokens\":9,\"max_tokens\":8",
        "stop        | \"stop\":\"\"",
        "stop        | \"stop\":[1]",
        "seed        | \"seed\":0.5",
        "stream      | \"stream\":1",
        "stream_options | \"stream_options\":{}",
        "logit_bias  | \"logit_bias\":{\"5\":1}",
        "response_format | \"response_format\":{\"type\":\"json_object\"}",
        "presence_penalty | \"presence_penalty\":0.5",
        "best_of     | \"best_of\":3",
        "echo        | \"echo\":true",
        "guided_regex | \"guided_regex\":\"a\"",
      })
  void aFieldThatCannotBeFollowedIsNamed(String field, String json) {
    JsonNode error = refused(400, endpoint.send(COMPLETIONS, "{\"prompt\":\"Once\"," + json + "}"));
    assertThat(error.get("param").asText()).isEqualTo(field);
    assertThat(error.get("message").asText())
        .containsAnyOf(field, "rollout-worker.completion-queue");
  }

  @Test
  void promptsThatCannotBeContinuedAreNamed() {
    String tooLong = "story ".repeat(600);
    for (String prompt :
        List.of("\"\"", "5", "[]", "[[]]", "[5,9999]", "{}", "\"" + tooLong + "\"")) {
      JsonNode error = refused(400, endpoint.send(COMPLETIONS, "{\"prompt\":" + prompt + "}"));
      assertThat(error.get("param").asText()).isEqualTo("prompt");
    }
    assertThat(refused(400, endpoint.send(COMPLETIONS, "{}")).get("param").asText())
        .isEqualTo("prompt");
    for (String messages : List.of("[]", "5", "[{}]", "[{\"role\":\"user\",\"content\":[{}]}]")) {
      JsonNode error = refused(400, endpoint.send(CHAT, "{\"messages\":" + messages + "}"));
      assertThat(error.get("param").asText()).isEqualTo("messages");
    }
  }

  @Test
  void toolsThatTheTemplateIgnoresAreRefused() {
    JsonNode error =
        refused(
            400,
            endpoint.send(
                CHAT,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                    + "\"tools\":[{\"type\":\"function\"}]}"));
    assertThat(error.get("message").asText()).contains("the model's chat template ignores tools");
    assertThat(error.get("param").asText()).isEqualTo("tools");
  }

  @Test
  void bodiesPathsAndMethodsThatAreNoneAreRefused() {
    assertThat(refused(400, endpoint.send(COMPLETIONS, "{")).get("message").asText())
        .contains("not JSON");
    assertThat(refused(400, endpoint.send(COMPLETIONS, "")).get("message").asText())
        .contains("no JSON object");
    JsonNode model =
        refused(404, endpoint.send(COMPLETIONS, "{\"model\":\"gpt-9\",\"prompt\":\"x\"}"));
    assertThat(model.get("code").asText()).isEqualTo("model_not_found");
    assertThat(model.get("message").asText()).contains("name starter");
    assertThat(refused(404, endpoint.send("/v1/embeddings", "{}")).get("message").asText())
        .contains("/v1/embeddings is not served");
    HttpResponse<String> get =
        endpoint.send(HttpRequest.newBuilder(endpoint.uri(COMPLETIONS)).build());
    assertThat(refused(405, get).get("message").asText()).contains("takes POST");
    assertThat(get.headers().firstValue("Allow")).contains("POST");
    String large = "{\"prompt\":\"" + "x".repeat(3 << 20) + "\"}";
    assertThat(refused(413, endpoint.send(COMPLETIONS, large)).get("message").asText())
        .contains("send less");
  }

  @Test
  void withoutAChatTemplateAChatIsRefused(@TempDir Path directory) throws IOException {
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(Path.of("..", "models", "starter", file), directory.resolve(file));
    }
    try (Endpoint plain = new Endpoint(directory, 1, 1)) {
      plain.policy.arrived(0);
      JsonNode error =
          refused(400, plain.send(CHAT, "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"));
      assertThat(error.get("message").asText()).contains("has no chat template");
    }
  }
}
