package org.rlhfstreams.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.rlhfstreams.common.ExplainedException;

/** A JSONL file of objects, plain or gzipped, read line by line. */
public final class JsonLineFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path path;

  public JsonLineFile(Path path) {
    this.path = path;
  }

  /**
   * Reads all lines that are not blank, in order.
   *
   * @return how many
   * @throws ExplainedException naming file and line of what is no object
   */
  public int forEach(Consumer<JsonLine> consumer) {
    return new LineFile(path).forEach((line, number) -> consumer.accept(parse(line, number)));
  }

  /**
   * Reads all lines ahead of the work that they are for, so that a bad one is found before hours of
   * it; a pipe can only be read once, and is not.
   *
   * @return how many lines there are, if that is known
   */
  public OptionalInt check(Consumer<JsonLine> check) {
    return Files.exists(path) && !Files.isRegularFile(path)
        ? OptionalInt.empty()
        : OptionalInt.of(forEach(check));
  }

  private JsonLine parse(String line, int number) {
    JsonNode json;
    try {
      json = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "%s, line %d is not JSON: %s; write one object a line",
              path,
              number,
              e.getOriginalMessage()),
          e);
    }
    JsonLine parsed = new JsonLine(path, number, json);
    if (!json.isObject()) {
      throw parsed.bad("it is " + json.getNodeType() + ": write one object a line");
    }
    return parsed;
  }
}
