package org.rlhfstreams.evaluation.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** A page that needs no network: style, charts and data are in it. */
public final class SelfContainedPage {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Class<?> owner;
  private final String template;

  /**
   * @param owner beside which the template lies
   * @param template with the marks that are replaced here
   */
  public SelfContainedPage(Class<?> owner, String template) {
    this.owner = owner;
    this.template = template;
  }

  /**
   * Writes it.
   *
   * @param data what the template's code shows; {@code versions} are added
   * @throws UncheckedIOException where the file cannot be written
   */
  public void write(Path file, Map<String, Object> data) {
    Map<String, Object> all = new LinkedHashMap<>(data);
    all.put("versions", versions());
    String page =
        resource(owner, template)
            .replace("/*chart-style*/", library("uPlot.min.css"))
            .replace("/*page-style*/", resource(SelfContainedPage.class, "page.css"))
            .replace("/*chart-code*/", library("uPlot.iife.min.js"))
            .replace("/*page-code*/", resource(SelfContainedPage.class, "page.js"))
            .replace("\"page-data\"", json(all));
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
    try (InputStream in =
        open(SelfContainedPage.class, "/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
      pom.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return resource(
        SelfContainedPage.class,
        "/META-INF/resources/webjars/uplot/" + pom.getProperty("version") + "/dist/" + name);
  }

  private static String resource(Class<?> owner, String name) {
    try (InputStream in = open(owner, name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(Class<?> owner, String name) {
    InputStream in = owner.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("the class path lacks " + name);
    }
    return in;
  }
}
