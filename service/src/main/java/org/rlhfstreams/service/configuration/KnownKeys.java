package org.rlhfstreams.service.configuration;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Every key there is, read off the configuration records. */
final class KnownKeys {
  /**
   * A key and what may stand there.
   *
   * @param key full key in kebab-case
   * @param type the type of the record component
   * @param setting default, range and description
   */
  record Known(String key, Type type, Setting setting) {}

  /** Client settings that have a typed key of their own, by their name below the pass-through. */
  private static final Map<String, String> TYPED_ELSEWHERE =
      Map.of(
          "kafka.bootstrap.servers", "connection.bootstrap-servers",
          "schema-registry.url", "connection.schema-registry-url",
          "schema-registry.schema.registry.url", "connection.schema-registry-url");

  private final Map<String, Known> keys = new LinkedHashMap<>();
  private final Set<String> passThrough = new TreeSet<>();

  KnownKeys(Class<? extends Record> root) {
    collect(root, "");
  }

  Map<String, Known> all() {
    return Collections.unmodifiableMap(keys);
  }

  Optional<Known> find(String key) {
    return Optional.ofNullable(keys.get(key));
  }

  /** The section that takes any key and hands it to a client library, if the key lies in one. */
  Optional<String> passThroughSection(String key) {
    return passThrough.stream().filter(section -> key.startsWith(section + ".")).findFirst();
  }

  Set<String> passThroughSections() {
    return Collections.unmodifiableSet(passThrough);
  }

  /** The typed key to use instead of a client setting that would contradict it. */
  Optional<String> typedInstead(String key) {
    return Optional.ofNullable(TYPED_ELSEWHERE.get(key));
  }

  /** The environment variable of a key: {@code RLHF_LEARNER_LEARNING_RATE}. */
  static String environmentName(String key) {
    return "RLHF_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  static String kebab(String camel) {
    StringBuilder kebab = new StringBuilder();
    for (int i = 0; i < camel.length(); i++) {
      char letter = camel.charAt(i);
      if (Character.isUpperCase(letter)) {
        kebab.append('-').append(Character.toLowerCase(letter));
      } else {
        kebab.append(letter);
      }
    }
    return kebab.toString();
  }

  private void collect(Class<?> record, String prefix) {
    for (RecordComponent component : record.getRecordComponents()) {
      String key = prefix + kebab(component.getName());
      Setting setting = component.getAnnotation(Setting.class);
      if (component.getType().isRecord()) {
        collect(component.getType(), key + ".");
      } else if (component.getType() == Map.class) {
        passThrough.add(key);
      } else if (setting == null) {
        throw new IllegalStateException(record.getName() + "." + key + " lacks @Setting");
      } else {
        keys.put(key, new Known(key, component.getGenericType(), setting));
      }
    }
  }
}
