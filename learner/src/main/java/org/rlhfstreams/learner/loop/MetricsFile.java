package org.rlhfstreams.learner.loop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code metrics.jsonl}: one object a step. */
public final class MetricsFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path path;

  public MetricsFile(Path directory) {
    this.path = directory.resolve("metrics.jsonl");
  }

  /** Drops the steps after one, which will be done again. */
  public void rewind(long step) {
    try {
      Files.createDirectories(path.getParent());
      if (!Files.exists(path)) {
        return;
      }
      List<String> kept = new ArrayList<>();
      for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
        if (isOf(line, step)) {
          kept.add(line);
        }
      }
      Files.write(path, kept, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be rewritten", e);
    }
  }

  private static boolean isOf(String line, long lastStep) {
    try {
      JsonNode json = MAPPER.readTree(line);
      return json.path("step").isNumber() && json.path("step").asLong() <= lastStep;
    } catch (IOException e) {
      return false; // cut short by a kill
    }
  }

  /** Appends a step; numbers that are not finite become null. */
  public void append(long step, Map<String, Double> metrics) {
    ObjectNode json = MAPPER.createObjectNode().put("step", step);
    new TreeMap<>(metrics)
        .forEach(
            (name, value) -> {
              if (Double.isFinite(value)) {
                json.put(name, value);
              } else {
                json.putNull(name);
              }
            });
    JsonLines.append(path, json);
  }
}
