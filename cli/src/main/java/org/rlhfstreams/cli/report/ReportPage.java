package org.rlhfstreams.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A page of its own: curves, stories before and after, configuration and versions; no network. */
public final class ReportPage {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ReportPage() {}

  /**
   * Writes the page.
   *
   * @param configuration as YAML, secrets masked
   */
  public static void write(
      Path file,
      List<StepFigures> steps,
      RunSummary summary,
      List<StoryPair> stories,
      String configuration) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("steps", steps);
    data.put("summary", summary);
    data.put("rewardRise", summary.rewardRise());
    data.put("stories", stories);
    data.put("configuration", configuration);
    data.put("versions", versions());
    String page =
        resource("report.html")
            .replace("/*chart-style*/", library("uPlot.min.css"))
            .replace("/*chart-code*/", library("uPlot.iife.min.js"))
            .replace("\"run-data\"", json(data));
    try {
      Files.writeString(file, page, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  private static Map<String, String> versions() {
    return Map.of(
        "java", System.getProperty("java.version"),
        "kafka-clients", org.apache.kafka.common.utils.AppInfoParser.getVersion(),
        "pytorch", ai.djl.engine.Engine.getEngine("PyTorch").getVersion());
  }

  /** JSON that cannot end the script element that it stands in. */
  private static String json(Object value) {
    try {
      return MAPPER.writeValueAsString(value).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String library(String name) {
    Properties pom = new Properties();
    try (InputStream in = open("/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
      pom.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return resource(
        "/META-INF/resources/webjars/uplot/" + pom.getProperty("version") + "/dist/" + name);
  }

  private static String resource(String name) {
    try (InputStream in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = ReportPage.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("the class path lacks " + name);
    }
    return in;
  }
}
