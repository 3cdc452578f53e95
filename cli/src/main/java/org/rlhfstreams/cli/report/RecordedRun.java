package org.rlhfstreams.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.rlhfstreams.cli.CommandException;

/**
 * A run as its directory has it: {@code metrics.jsonl}, and {@code run.json} where the command
 * wrote one.
 *
 * @param name of the directory
 * @param objective empty where it is not known
 * @param newest when the newest step was written, UTC
 * @param steps metrics by name, by step, ascending
 * @param settings that decide what the run comes to; empty where they are not known
 */
public record RecordedRun(
    String name,
    String objective,
    Instant newest,
    TreeMap<Long, Map<String, Double>> steps,
    Map<String, String> settings) {
  private static final String METRICS = "metrics.jsonl";
  private static final String ORIGIN = "run.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether a directory holds a run. */
  public static boolean isAt(Path directory) {
    return Files.isRegularFile(directory.resolve(METRICS));
  }

  /**
   * Reads a directory. A run may go on meanwhile: its last line counts once it is whole.
   *
   * @throws CommandException if it holds no run
   */
  public static RecordedRun read(Path directory) {
    Path metrics = directory.resolve(METRICS);
    if (!isAt(directory)) {
      throw new CommandException(
          directory
              + " holds no run: name the --output of a training, in which "
              + METRICS
              + " is");
    }
    try {
      TreeMap<Long, Map<String, Double>> steps = steps(metrics);
      Path origin = directory.resolve(ORIGIN);
      JsonNode begun =
          Files.isRegularFile(origin) ? JSON.readTree(origin.toFile()) : JSON.createObjectNode();
      Map<String, String> settings = new TreeMap<>();
      begun
          .path("settings")
          .properties()
          .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
      return new RecordedRun(
          directory.toAbsolutePath().normalize().getFileName().toString(),
          begun.path("objective").asText(""),
          Files.getLastModifiedTime(metrics).toInstant().truncatedTo(ChronoUnit.SECONDS),
          steps,
          settings);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " cannot be read", e);
    }
  }

  /** What was measured after the last step may stand in a line of its own. */
  private static TreeMap<Long, Map<String, Double>> steps(Path metrics) throws IOException {
    TreeMap<Long, Map<String, Double>> steps = new TreeMap<>();
    List<String> lines = Files.readAllLines(metrics);
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line;
      try {
        line = JSON.readTree(lines.get(i));
      } catch (JsonProcessingException e) {
        if (i == lines.size() - 1) {
          break;
        }
        throw new CommandException(
            String.format(
                Locale.ROOT, "%s, line %d is no JSON: %s", metrics, i + 1, e.getOriginalMessage()));
      }
      Map<String, Double> values =
          steps.computeIfAbsent(line.path("step").asLong(), any -> new TreeMap<>());
      line.properties()
          .forEach(
              metric -> {
                if (metric.getValue().isNumber() && !metric.getKey().equals("step")) {
                  values.put(metric.getKey(), metric.getValue().asDouble());
                }
              });
    }
    return steps;
  }
}
