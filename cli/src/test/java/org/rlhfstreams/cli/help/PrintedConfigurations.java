package org.rlhfstreams.cli.help;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.cli.command.RlhfCommand;

/** What {@code --print-config} prints, by full key. */
final class PrintedConfigurations {
  private PrintedConfigurations() {}

  static Map<String, String> of(List<String> words) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter errors = new StringWriter();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int code =
          RlhfCommand.commandLine()
              .setErr(new PrintWriter(errors, true))
              .execute(words.toArray(String[]::new));
      assertThat(code).as("%s: %s", words, errors).isEqualTo(0);
    } finally {
      System.setOut(before);
    }
    try {
      Map<String, String> values = new LinkedHashMap<>();
      flatten(
          new ObjectMapper(new YAMLFactory()).readTree(out.toString(StandardCharsets.UTF_8)),
          "",
          values);
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException("what is printed is YAML", e);
    }
  }

  private static void flatten(JsonNode node, String prefix, Map<String, String> values) {
    node.properties()
        .forEach(
            field -> {
              if (field.getValue().isObject()) {
                flatten(field.getValue(), prefix + field.getKey() + ".", values);
              } else {
                values.put(prefix + field.getKey(), field.getValue().asText());
              }
            });
  }
}
