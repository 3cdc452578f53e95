package org.rlhfstreams.learner.loop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
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
    JsonLines.rewind(path, step);
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
