package org.rlhfstreams.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whole chat templates, each with the texts that transformers rendered from it: the same text here,
 * or an error where transformers has one. The project's own show what other people's do. Those of
 * other people are not part of this project: {@code bench/peers/chat_templates.py} collects and
 * renders them, and the system property {@code rlhf.public-templates} names the folder that it
 * wrote. Without it that test is skipped.
 */
final class PublicTemplatesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONVERSATIONS = "conversations.json";

  @TestFactory
  Stream<DynamicTest> oursRenderAsInTransformers() throws IOException, URISyntaxException {
    return tests(
        Path.of(PublicTemplatesTest.class.getResource("/goldens/templates/constructs").toURI()));
  }

  @TestFactory
  Stream<DynamicTest> othersRenderAsInTransformers() throws IOException {
    String folder = System.getProperty("rlhf.public-templates");
    Assumptions.assumeTrue(
        folder != null,
        "skipped: -Drlhf.public-templates=FOLDER names what bench/peers/chat_templates.py wrote");
    return tests(Path.of(folder));
  }

  private static Stream<DynamicTest> tests(Path folder) throws IOException {
    JsonNode conversations = JSON.readTree(Files.readString(folder.resolve(CONVERSATIONS)));
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.endsWith(CONVERSATIONS)).sorted().toList().stream()
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      file.getFileName().toString(), () -> check(file, conversations)));
    }
  }

  private static void check(Path file, JsonNode conversations) throws IOException {
    JsonNode golden = JSON.readTree(Files.readString(file));
    Template template = Template.compile(golden.get("template").asText());
    List<String> different = new ArrayList<>();
    for (JsonNode wanted : golden.get("cases")) {
      String name = wanted.get("conversation").asText();
      boolean prompt = wanted.get("prompt").asBoolean();
      Map<String, Object> context = context(conversations.get(name));
      context.put("add_generation_prompt", prompt);
      difference(template, context, wanted)
          .ifPresent(text -> different.add(name + (prompt ? " with prompt: " : ": ") + text));
    }
    assertThat(different).isEmpty();
  }

  private static Optional<String> difference(
      Template template, Map<String, Object> context, JsonNode wanted) {
    String text;
    try {
      text = template.render(context, IdiomsTest.CLOCK);
    } catch (TemplateException e) {
      return wanted.has("error")
          ? Optional.empty()
          : Optional.of("transformers renders it; here " + e.getMessage());
    }
    if (wanted.has("error")) {
      return Optional.of("transformers refuses it: " + wanted.get("error").asText());
    }
    String peer = wanted.get("text").asText();
    return text.equals(peer)
        ? Optional.empty()
        : Optional.of("wanted " + JSON.valueToTree(peer) + ", got " + JSON.valueToTree(text));
  }

  private static Map<String, Object> context(JsonNode conversation) {
    Map<String, Object> context = new HashMap<>();
    conversation
        .properties()
        .forEach(
            entry ->
                context.put(entry.getKey(), JSON.convertValue(entry.getValue(), Object.class)));
    return context;
  }
}
