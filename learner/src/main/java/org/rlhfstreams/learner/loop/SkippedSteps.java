package org.rlhfstreams.learner.loop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code skipped-steps.jsonl}: steps whose loss or gradients were not finite, with the rows that
 * they had. The rows themselves stay in the log.
 */
final class SkippedSteps {
  private static final Logger LOG = LoggerFactory.getLogger(SkippedSteps.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path path;

  SkippedSteps(Path directory) {
    this.path = directory.resolve("skipped-steps.jsonl");
  }

  /**
   * Notes one.
   *
   * @param position after the batch
   */
  void append(long step, List<String> ids, Map<String, Long> position) {
    LOG.warn("step {} is skipped: its numbers are not finite; its rows are in {}", step, path);
    ObjectNode json = MAPPER.createObjectNode().put("step", step);
    ids.forEach(json.putArray("rows")::add);
    new TreeMap<>(position).forEach(json.putObject("position-after")::put);
    JsonLines.append(path, json);
  }
}
