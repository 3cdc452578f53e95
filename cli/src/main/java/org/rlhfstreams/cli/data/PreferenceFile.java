package org.rlhfstreams.cli.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
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
    int line = 0;
    try (BufferedReader reader = open()) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          consumer.accept(preference(text, line));
        }
      }
      return line;
    } catch (NoSuchFileException e) {
      throw new CommandException(path + " does not exist", e);
    } catch (JsonProcessingException e) {
      throw new CommandException(
          "%s, line %d is not JSON: %s".formatted(path, line, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new CommandException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private BufferedReader open() throws IOException {
    InputStream bytes = Files.newInputStream(path);
    InputStream plain = path.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
    return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
  }

  private Preference preference(String text, int line) throws JsonProcessingException {
    JsonNode json = MAPPER.readTree(text);
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
