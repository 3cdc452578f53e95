package org.rlhfstreams.service.configuration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** The effective configuration as YAML that can be fed back, with secrets masked. */
final class PrintedConfiguration {
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .build());

  private PrintedConfiguration() {}

  static String of(Record configuration) {
    try {
      return YAML.writeValueAsString(tree(configuration, ""));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a configuration is always printable", e);
    }
  }

  /** The same by full key, such as {@code learner.batch-size}. */
  static Map<String, String> byKey(Record configuration) {
    Map<String, String> values = new LinkedHashMap<>();
    flatten(tree(configuration, ""), "", values);
    return values;
  }

  private static void flatten(Map<?, ?> tree, String prefix, Map<String, String> values) {
    tree.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> section) {
            flatten(section, prefix + name + ".", values);
          } else {
            values.put(prefix + name, String.valueOf(value));
          }
        });
  }

  private static Map<String, Object> tree(Record record, String prefix) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      String name = KnownKeys.kebab(component.getName());
      String key = prefix + name;
      Object value = valueOf(record, component);
      if (value instanceof Record section) {
        tree.put(name, tree(section, key + "."));
      } else if (value instanceof Map<?, ?> settings) {
        Map<String, Object> printed = new LinkedHashMap<>();
        settings.forEach(
            (setting, text) ->
                printed.put(
                    String.valueOf(setting),
                    Secrets.masked(key + "." + setting, String.valueOf(text))));
        tree.put(name, printed);
      } else {
        tree.put(name, Secrets.masked(key, ValueParser.printed(value)));
      }
    }
    return tree;
  }

  private static Object valueOf(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " is not readable", e);
    }
  }
}
