package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Prompt;

/** Prompts of a file: JSONL with {@code prompt}, or plain text with a prompt a line. */
public final class PromptFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path path;
  private final boolean json;

  public PromptFile(Path path) {
    this.path = path;
    String name = path.getFileName().toString();
    this.json = name.contains(".jsonl") || name.contains(".json");
  }

  /** The file, as it was named. */
  public String name() {
    return path.toString();
  }

  /**
   * All prompts, in order, in memory.
   *
   * @throws ExplainedException naming file and line of what cannot be used
   */
  public List<Prompt> read() {
    List<Prompt> prompts = new ArrayList<>();
    forEach(prompts::add);
    return prompts;
  }

  /**
   * Hands over all prompts, in order. In memory are the one at hand and 16 to 32 bytes for each.
   *
   * @throws ExplainedException naming file and line of what cannot be used
   */
  public void forEach(Consumer<Prompt> consumer) {
    RowIdentities identities = new RowIdentities();
    new LineFile(path)
        .forEach(
            (line, number) ->
                consumer.accept(prompt(json ? text(line, number) : line, number, identities)));
  }

  /**
   * Reads it through, so that a bad line is found before anything is done with the others; a pipe
   * can only be read once, and is not.
   *
   * @throws ExplainedException naming file and line of what cannot be used
   */
  public void check() {
    if (Files.isRegularFile(path) || !Files.exists(path)) {
      forEach(prompt -> {});
    }
  }

  private String text(String line, int number) {
    try {
      JsonNode prompt = MAPPER.readTree(line).path("prompt");
      if (!prompt.isTextual()) {
        throw new ExplainedException(
            String.format(
                Locale.ROOT,
                "%s, line %d: expected an object with the string prompt",
                path,
                number));
      }
      return prompt.asText();
    } catch (JsonProcessingException e) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT, "%s, line %d is not JSON: %s", path, number, e.getOriginalMessage()),
          e);
    }
  }

  private Prompt prompt(String text, int number, RowIdentities identities) {
    String file = String.valueOf(path.getFileName());
    Prompt prompt = of("", text, file + ":" + number);
    return Prompt.newBuilder(prompt)
        .setPromptId(identities.next(file, RowContent.of(prompt)).text())
        .build();
  }

  /** A prompt of plain text. */
  public static Prompt of(String id, String text, String source) {
    return Prompt.newBuilder()
        .setPromptId(id)
        .setText(text)
        .setSource(source)
        .setCreatedAt(Instant.now())
        .build();
  }
}
