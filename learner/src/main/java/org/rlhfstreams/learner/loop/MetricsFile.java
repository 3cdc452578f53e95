package org.rlhfstreams.learner.loop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

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

  /** The values of a metric that there are. */
  Set<Double> values(String metric) {
    return JsonLines.read(path).stream()
        .map(line -> line.path(metric))
        .filter(JsonNode::isNumber)
        .map(JsonNode::asDouble)
        .collect(Collectors.toSet());
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
