package org.rlhfstreams.cli.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.events.Preference;

/**
 * A JSONL file, plain or gzipped, of texts ({@code text}), demonstrations ({@code prompt}, {@code
 * completion}) or pairs ({@code prompt}, {@code chosen}, {@code rejected}).
 */
public final class PreferenceFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path path;

  public PreferenceFile(Path path) {
    this.path = path;
  }

  /**
   * Reads all lines, in order.
   *
   * @return how many
   * @throws CommandException naming file and line of what cannot be used
   */
  public int forEach(Consumer<Preference> consumer) {
    return new LineFile(path).forEach((line, number) -> consumer.accept(preference(line, number)));
  }

  private Preference preference(String text, int line) {
    JsonNode json;
    try {
      json = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new CommandException(
          "%s, line %d is not JSON: %s".formatted(path, line, e.getOriginalMessage()), e);
    }
    String source = path.getFileName() + ":" + line;
    Preference.Builder builder =
        Preference.newBuilder()
            .setPreferenceId(source)
            .setSource(source)
            .setPrompt(json.path("prompt").asText(""))
            .setCreatedAt(Instant.now());
    if (json.path("text").isTextual()) {
      return builder.setChosen(json.get("text").asText()).build();
    }
    if (json.path("prompt").isTextual() && json.path("completion").isTextual()) {
      return builder.setChosen(json.get("completion").asText()).build();
    }
    if (json.path("chosen").isTextual() && json.path("rejected").isTextual()) {
      return builder
          .setChosen(json.get("chosen").asText())
          .setRejected(json.get("rejected").asText())
          .build();
    }
    throw new CommandException(
        ("%s, line %d: expected the strings text, or prompt and completion, or prompt, chosen and"
                + " rejected; it has %s")
            .formatted(path, line, fieldNames(json)));
  }

  private static String fieldNames(JsonNode json) {
    return json.isObject()
        ? json.properties().stream().map(Map.Entry::getKey).collect(Collectors.joining(", "))
        : "no object";
  }
}
