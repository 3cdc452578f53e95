package org.rlhfstreams.worker.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At a high temperature many of the starter's tokens are single bytes of characters. */
final class AnswerTokensTest {
  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";
  private static final String REPLACEMENT = "\uFFFD";

  private static Endpoint endpoint;

  @BeforeAll
  static void open() {
    endpoint = new Endpoint(4, 8);
    endpoint.policy.arrived(0);
  }

  @AfterAll
  static void close() {
    endpoint.close();
  }

  private static String text(JsonNode tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (JsonNode token : tokens) {
      token.get("bytes").forEach(value -> bytes.write(value.asInt()));
    }
    return bytes.toString(StandardCharsets.UTF_8); // with U+FFFD for what is no character
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }

  @Test
  void theBytesOfAChatsTokensAreItsText() {
    int parts = 0;
    for (int seed = 0; seed < 3; seed++) {
      String body =
          "{\"messages\":[{\"role\":\"user\",\"content\":\"Say é, 😀 or “quote”\"}],"
              + "\"max_tokens\":40,\"temperature\":8,\"logprobs\":true,\"seed\":"
              + seed;
      JsonNode choice = endpoint.ask(CHAT, body + "}").get("choices").get(0);
      JsonNode tokens = choice.get("logprobs").get("content");
      assertThat(text(tokens)).isEqualTo(choice.get("message").get("content").asText());
      for (JsonNode token : tokens) {
        assertThat(token.get("token").asText()).doesNotContain(REPLACEMENT);
        if (token.get("token").asText().startsWith("\\x")) {
          assertThat(token.get("bytes")).hasSizeLessThan(4);
          parts++;
        }
      }
      List<JsonNode> streamed = new ArrayList<>();
      for (JsonNode part : endpoint.stream(CHAT, body + ",\"stream\":true}")) {
        part.get("choices").get(0).path("logprobs").path("content").forEach(streamed::add);
      }
      assertThat(streamed).containsExactlyElementsOf(tokens);
    }
    assertThat(parts).as("parts of characters").isPositive();
  }

  @Test
  void theTextsOfACompletionsTokensAreItsTextAndStandAtTheirOffsets() {
    for (int seed = 0; seed < 3; seed++) {
      JsonNode choice =
          endpoint
              .ask(
                  COMPLETIONS,
                  "{\"prompt\":\"Once upon a time\",\"max_tokens\":40,\"temperature\":3,"
                      + "\"logprobs\":1,\"seed\":"
                      + seed
                      + "}")
              .get("choices")
              .get(0);
      StringBuilder joined = new StringBuilder();
      JsonNode logProbabilities = choice.get("logprobs");
      for (int i = 0; i < logProbabilities.get("tokens").size(); i++) {
        assertThat(logProbabilities.get("text_offset").get(i).asInt())
            .isEqualTo(characters(joined.toString()));
        String token = logProbabilities.get("tokens").get(i).asText();
        joined.append(token.startsWith("<|") ? "" : token);
      }
      assertThat(joined.toString()).isEqualTo(choice.get("text").asText());
    }
  }

  @Test
  void theEndOfSequenceIsNamedAndAddsNothing() {
    JsonNode choice =
        endpoint
            .ask(
                CHAT,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"temperature\":0,"
                    + "\"logprobs\":true}")
            .get("choices")
            .get(0);
    assertThat(choice.get("finish_reason").asText()).isEqualTo("stop");
    JsonNode tokens = choice.get("logprobs").get("content");
    JsonNode last = tokens.get(tokens.size() - 1);
    assertThat(last.get("token").asText()).startsWith("<|");
    assertThat(last.get("bytes")).isEmpty();
    assertThat(text(tokens)).isEqualTo(choice.get("message").get("content").asText());
  }

  @Test
  void aSentencePieceModelGoesOnWithThePrompt() {
    Path model = Path.of("..", "model", "src", "test", "resources", "goldens", "text");
    try (Endpoint llama = new Endpoint(model.resolve("sentencepiece"), 2, 2)) {
      llama.policy.arrived(0);
      JsonNode choice =
          llama
              .ask(
                  COMPLETIONS,
                  "{\"prompt\":\"once upon a\",\"max_tokens\":6,\"temperature\":0,\"logprobs\":0}")
              .get("choices")
              .get(0);
      assertThat(choice.get("text").asText()).isEqualTo(" time there was a little girl");
      assertThat(choice.get("logprobs").get("tokens").get(0).asText()).isEqualTo(" time");
      assertThat(choice.get("logprobs").get("text_offset").get(1).asInt()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        COMPLETIONS + " {\"prompt\":\"Once\"",
        CHAT + " {\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
      })
  void usageIsNullInAllPartsButTheLastIfItIsAskedFor(String request) {
    String[] pathAndBody = request.split(" ", 2);
    String body = pathAndBody[1] + ",\"max_tokens\":4,\"n\":2,\"stream\":true";
    List<JsonNode> parts =
        endpoint.stream(pathAndBody[0], body + ",\"stream_options\":{\"include_usage\":true}}");
    assertThat(parts.subList(0, parts.size() - 1))
        .allMatch(part -> part.has("usage") && part.get("usage").isNull());
    assertThat(parts.get(parts.size() - 1).get("usage").get("completion_tokens").asInt())
        .isPositive();
    assertThat(endpoint.stream(pathAndBody[0], body + "}")).noneMatch(part -> part.has("usage"));
  }
}
