package org.rlhfstreams.worker.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class CompletionEndpointTest {
  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";
  private static final String ONCE =
      "\"prompt\":\"Once upon a time\",\"max_tokens\":40,\"temperature\":0.8,\"seed\":5";
  private static final String ASKED =
      "\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}],\"max_tokens\":20,"
          + "\"seed\":5";

  private static Endpoint endpoint;

  @BeforeAll
  static void open() {
    endpoint = new Endpoint(4, 8);
    endpoint.policy.arrived(3);
  }

  @AfterAll
  static void close() {
    endpoint.close();
  }

  private static String text(List<JsonNode> parts, int index) {
    StringBuilder text = new StringBuilder();
    for (JsonNode part : parts) {
      for (JsonNode choice : part.get("choices")) {
        if (choice.get("index").asInt() == index) {
          text.append(choice.path("text").asText());
          text.append(choice.path("delta").path("content").asText(""));
        }
      }
    }
    return text.toString();
  }

  private static JsonNode choice(JsonNode answer, int index) {
    return answer.get("choices").get(index);
  }

  @Test
  void aSeedGivesTheSameTextStreamedOrNot() {
    JsonNode answer = endpoint.ask(COMPLETIONS, "{\"model\":\"starter\"," + ONCE + "}");
    String text = choice(answer, 0).get("text").asText();
    assertThat(text).isNotBlank();
    assertThat(answer.get("object").asText()).isEqualTo("text_completion");
    assertThat(answer.get("model").asText()).isEqualTo("starter");
    assertThat(answer.get("system_fingerprint").asText()).isEqualTo("0.3");
    assertThat(choice(answer, 0).get("finish_reason").asText()).isEqualTo("length");
    assertThat(answer.get("usage").get("completion_tokens").asInt()).isEqualTo(40);
    assertThat(answer.get("usage").get("total_tokens").asInt())
        .isEqualTo(40 + answer.get("usage").get("prompt_tokens").asInt());

    List<JsonNode> parts = endpoint.stream(COMPLETIONS, "{\"stream\":true," + ONCE + "}");
    assertThat(parts).hasSizeGreaterThan(20);
    assertThat(text(parts, 0)).isEqualTo(text);
    JsonNode last = parts.get(parts.size() - 1);
    assertThat(choice(last, 0).get("finish_reason").asText()).isEqualTo("length");
    assertThat(choice(parts.get(0), 0).get("finish_reason").isNull()).isTrue();
    assertThat(parts)
        .allMatch(part -> part.get("id").equals(last.get("id")))
        .allMatch(part -> part.get("system_fingerprint").asText().equals("0.3"));
  }

  @Test
  void theFirstOfSeveralIsWhatOneWouldHaveBeen() {
    String one = choice(endpoint.ask(COMPLETIONS, "{" + ONCE + "}"), 0).get("text").asText();
    JsonNode two = endpoint.ask(COMPLETIONS, "{\"n\":2," + ONCE + "}");
    assertThat(two.get("choices")).hasSize(2);
    assertThat(choice(two, 0).get("text").asText()).isEqualTo(one);
    assertThat(choice(two, 1).get("text").asText()).isNotEqualTo(one);
    assertThat(two.get("usage").get("completion_tokens").asInt()).isEqualTo(80);
    List<JsonNode> parts = endpoint.stream(COMPLETIONS, "{\"n\":2,\"stream\":true," + ONCE + "}");
    assertThat(text(parts, 0)).isEqualTo(one);
    assertThat(text(parts, 1)).isEqualTo(choice(two, 1).get("text").asText());
  }

  @Test
  void stopStringsEndTheTextBeforeThem() {
    String whole = choice(endpoint.ask(COMPLETIONS, "{" + ONCE + "}"), 0).get("text").asText();
    String stop = whole.substring(30, 35);
    String cut = whole.substring(0, whole.indexOf(stop));
    String quoted = "\"" + stop.replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    for (String field : List.of(quoted, "[\"never\"," + quoted + "]")) {
      JsonNode answer = endpoint.ask(COMPLETIONS, "{\"stop\":" + field + "," + ONCE + "}");
      assertThat(choice(answer, 0).get("text").asText()).isEqualTo(cut);
      assertThat(choice(answer, 0).get("finish_reason").asText()).isEqualTo("stop");
      assertThat(
              text(
                  endpoint.stream(
                      COMPLETIONS, "{\"stream\":true,\"stop\":" + field + "," + ONCE + "}"),
                  0))
          .isEqualTo(cut);
    }
  }

  @Test
  void aChatIsAnsweredStreamedOrNot() {
    JsonNode answer = endpoint.ask(CHAT, "{" + ASKED + "}");
    JsonNode message = choice(answer, 0).get("message");
    assertThat(answer.get("object").asText()).isEqualTo("chat.completion");
    assertThat(message.get("role").asText()).isEqualTo("assistant");
    assertThat(message.get("content").asText()).isNotBlank();

    List<JsonNode> parts =
        endpoint.stream(
            CHAT, "{\"stream\":true,\"stream_options\":{\"include_usage\":true}," + ASKED + "}");
    assertThat(choice(parts.get(0), 0).get("delta").get("role").asText()).isEqualTo("assistant");
    assertThat(parts.get(0).get("object").asText()).isEqualTo("chat.completion.chunk");
    assertThat(text(parts, 0)).isEqualTo(message.get("content").asText());
    JsonNode count = parts.get(parts.size() - 1);
    assertThat(count.get("choices")).isEmpty();
    assertThat(count.get("usage")).isEqualTo(answer.get("usage"));
  }

  @Test
  void contentInPartsOfTextIsTheText() {
    String parts =
        ASKED.replace(
            "\"Tell me a story.\"", "[{\"type\":\"text\",\"text\":\"Tell me a story.\"}]");
    assertThat(endpoint.ask(CHAT, "{" + parts + "}").get("choices"))
        .isEqualTo(endpoint.ask(CHAT, "{" + ASKED + "}").get("choices"));
  }

  @Test
  void logProbabilitiesAreOneATokenStreamedOrNot() {
    JsonNode whole =
        choice(endpoint.ask(COMPLETIONS, "{\"logprobs\":0," + ONCE + "}"), 0).get("logprobs");
    assertThat(whole.get("tokens")).hasSize(40);
    assertThat(whole.get("token_logprobs")).hasSize(40).allMatch(value -> value.asDouble() < 0);
    int at = 0;
    for (JsonNode part :
        endpoint.stream(COMPLETIONS, "{\"logprobs\":0,\"stream\":true," + ONCE + "}")) {
      JsonNode streamed = choice(part, 0).get("logprobs");
      for (int i = 0; i < streamed.path("tokens").size(); i++, at++) {
        for (String field : List.of("tokens", "token_logprobs", "text_offset")) {
          assertThat(streamed.get(field).get(i)).isEqualTo(whole.get(field).get(at));
        }
      }
    }
    assertThat(at).isEqualTo(40);
    JsonNode chat =
        choice(endpoint.ask(CHAT, "{\"logprobs\":true," + ASKED + "}"), 0).get("logprobs");
    assertThat(chat.get("content")).hasSize(20);
    assertThat(chat.get("content").get(0).get("logprob").asDouble()).isNegative();
  }

  @Test
  void promptsMayBeListsAndTokens() {
    String rest = ",\"max_tokens\":5,\"temperature\":0}";
    JsonNode texts = endpoint.ask(COMPLETIONS, "{\"prompt\":[\"Once\",\"The cat\"]" + rest);
    assertThat(texts.get("choices")).hasSize(2);
    assertThat(choice(texts, 1).get("text").asText())
        .isEqualTo(
            choice(endpoint.ask(COMPLETIONS, "{\"prompt\":\"The cat\"" + rest), 0)
                .get("text")
                .asText());
    JsonNode tokens = endpoint.ask(COMPLETIONS, "{\"prompt\":[5,9,11]" + rest);
    assertThat(tokens.get("usage").get("prompt_tokens").asInt()).isEqualTo(3);
    JsonNode lists = endpoint.ask(COMPLETIONS, "{\"prompt\":[[5,9,11],[5,9]]" + rest);
    assertThat(choice(lists, 0)).isEqualTo(choice(tokens, 0));
    assertThat(lists.get("usage").get("prompt_tokens").asInt()).isEqualTo(5);
  }

  @Test
  void furtherSamplingFieldsAreFollowed() {
    String greedy = "{\"prompt\":\"Once upon a time\",\"max_tokens\":12,\"temperature\":0}";
    String topOne =
        "{\"prompt\":\"Once upon a time\",\"max_tokens\":12,\"top_k\":1,\"min_p\":0.0,"
            + "\"min_tokens\":3,\"presence_penalty\":0,\"logit_bias\":{},\"user\":\"me\"}";
    assertThat(choice(endpoint.ask(COMPLETIONS, topOne), 0))
        .isEqualTo(choice(endpoint.ask(COMPLETIONS, greedy), 0));
  }

  @Test
  void theModelIsListedByItsDirectorysName() {
    JsonNode models =
        Endpoint.json(
            endpoint
                .send(java.net.http.HttpRequest.newBuilder(endpoint.uri("/v1/models")).build())
                .body());
    assertThat(models.get("data").get(0).get("id").asText()).isEqualTo("starter");
    assertThat(models.get("data").get(0).get("max_model_len").asInt()).isEqualTo(512);
  }
}
