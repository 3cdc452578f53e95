package org.rlhfstreams.service.configuration;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a YAML file into flat keys that remember their lines. */
final class YamlLayer {
  /** The one list whose elements have keys; it may be written below its section at once. */
  private static final String REWARDS = "rewards";

  private static final String REWARDS_LIST = "rewards.list";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<ConfiguredValue> values = new ArrayList<>();

  private YamlLayer(Path file) {
    this.file = file;
  }

  /**
   * Reads the file.
   *
   * @throws ConfigurationException when it is missing, unreadable or not YAML, naming the line
   */
  static List<ConfiguredValue> read(Path file) {
    YamlLayer layer = new YamlLayer(file);
    try (JsonParser parser =
        YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .createParser(Files.readString(file))) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        layer.readMapping(parser, "");
      } else if (first != null && first != JsonToken.VALUE_NULL) {
        throw new ConfigurationException(
            layer.at(parser) + ": expected `section:` with its keys below");
      }
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          "configuration file " + file + " does not exist: check --config");
    } catch (JsonProcessingException e) {
      JsonLocation location = e.getLocation();
      throw new ConfigurationException(
          file
              + (location == null ? "" : ":" + location.getLineNr())
              + ": not valid YAML: "
              + e.getOriginalMessage().lines().findFirst().orElse("unreadable"));
    } catch (IOException e) {
      throw new ConfigurationException(
          "configuration file " + file + " cannot be read: " + e.getMessage());
    }
    return layer.values;
  }

  private void readMapping(JsonParser parser, String prefix) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = prefix + parser.currentName();
      String source = at(parser);
      switch (parser.nextToken()) {
        case START_OBJECT -> readMapping(parser, key + ".");
        case START_ARRAY ->
            values.add(
                key.equals(REWARDS) || key.equals(REWARDS_LIST)
                    ? new ConfiguredValue(REWARDS_LIST, readRewards(parser), source)
                    : new ConfiguredValue(key, readList(parser), source));
        case VALUE_NULL -> values.add(new ConfiguredValue(key, "", source));
        default -> values.add(new ConfiguredValue(key, parser.getText(), source));
      }
    }
  }

  /** Their values keep their kinds, so that a name may look like a number. */
  private static String readRewards(JsonParser parser) throws IOException {
    JsonNode rewards = JSON.readTree(parser);
    return rewards.toString();
  }

  private String readList(JsonParser parser) throws IOException {
    List<String> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (!parser.currentToken().isScalarValue()) {
        throw new ConfigurationException(at(parser) + ": expected a list of plain values");
      }
      elements.add(parser.getText());
    }
    return String.join(",", elements);
  }

  private String at(JsonParser parser) {
    return file + ":" + parser.currentTokenLocation().getLineNr();
  }
}
