package org.rlhfstreams.evaluation.result;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.rlhfstreams.common.ExplainedException;

/**
 * Where a result goes beside standard output. That the places can be written is known before the
 * work of hours.
 */
public final class ResultFiles {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .registerModule(new SimpleModule().addSerializer(double.class, new FiniteNumber()));

  private final Optional<Path> json;
  private final Optional<Path> page;
  private final Optional<Path> csv;

  /**
   * @throws ExplainedException if a place cannot be written
   */
  public ResultFiles(Optional<Path> json, Optional<Path> page) {
    this(json, page, Optional.empty());
  }

  /**
   * With a place for comma-separated values, for results that have them.
   *
   * @throws ExplainedException if a place cannot be written
   */
  public ResultFiles(Optional<Path> json, Optional<Path> page, Optional<Path> csv) {
    this.json = json;
    this.page = page;
    this.csv = csv;
    csv.ifPresent(ResultFiles::requireWritable);
    json.ifPresent(ResultFiles::requireWritable);
    page.ifPresent(ResultFiles::requireWritable);
  }

  private static void requireWritable(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || folder == null || !Files.isDirectory(folder)) {
      throw new ExplainedException(
          "%s cannot be written: name a file in a directory that exists".formatted(file));
    }
  }

  /**
   * Prints a result and writes its files.
   *
   * @throws ExplainedException if a file cannot be written
   */
  public void write(EvaluationResult result) {
    result.lines().forEach(System.out::println);
    try {
      if (json.isPresent()) {
        ObjectNode all = MAPPER.createObjectNode().put("evaluation", result.evaluation());
        all.setAll(MAPPER.<ObjectNode>valueToTree(result));
        MAPPER.writerWithDefaultPrettyPrinter().writeValue(json.get().toFile(), all);
      }
      if (csv.isPresent()) {
        Files.write(csv.get(), result.csv());
      }
      page.ifPresent(file -> EvaluationPage.write(file, result.page()));
    } catch (IOException e) {
      throw new ExplainedException("the result cannot be written: " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw new ExplainedException(e.getMessage() + ": " + e.getCause().getMessage(), e);
    }
  }

  /** JSON has no word for what is not a number. */
  private static final class FiniteNumber extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }
}
