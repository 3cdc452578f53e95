package org.rlhfstreams.learner.loop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lines of a file that a run writes, without what the clock decides. */
final class RunLines {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private RunLines() {}

  static List<JsonNode> of(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      ObjectNode json = (ObjectNode) MAPPER.readTree(line);
      lines.add(
          json.without(
              List.of(
                  "step_seconds",
                  "learn_seconds",
                  "tokens_per_second",
                  "wait_seconds/examples",
                  "wait_seconds/weights",
                  "wait_seconds/disk")));
    }
    return lines;
  }
}
