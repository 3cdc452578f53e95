package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /**
   * All prompts, in order.
   *
   * @throws ExplainedException naming file and line of what cannot be used
   */
  public List<Prompt> read() {
    List<Prompt> prompts = new ArrayList<>();
    new LineFile(path)
        .forEach((line, number) -> prompts.add(prompt(json ? text(line, number) : line, number)));
    return prompts;
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

  private Prompt prompt(String text, int number) {
    String source = path.getFileName() + ":" + number;
    return of(source, text, source);
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
