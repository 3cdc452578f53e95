package org.rlhfstreams.service.configuration;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads the environment variables that begin with {@code RLHF_} into keys. */
final class EnvironmentLayer {
  private static final String PREFIX = "RLHF_";
  // Read by the launcher before there is a configuration.
  private static final Set<String> OF_THE_LAUNCHER =
      Set.of("RLHF_HOME", "RLHF_JAVA_OPTIONS", "RLHF_LOG_LEVEL");

  private EnvironmentLayer() {}

  static List<ConfiguredValue> read(
      Map<String, String> environment, KnownKeys known, List<String> problems) {
    Map<String, String> keyByName = new HashMap<>();
    known.all().keySet().forEach(key -> keyByName.put(KnownKeys.environmentName(key), key));
    List<ConfiguredValue> values = new ArrayList<>();
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              if (!name.startsWith(PREFIX) || OF_THE_LAUNCHER.contains(name)) {
                return;
              }
              String source = "environment variable " + name;
              Optional<String> key =
                  Optional.ofNullable(keyByName.get(name)).or(() -> passThroughKey(name, known));
              if (key.isPresent()) {
                values.add(new ConfiguredValue(key.get(), value, source));
              } else {
                String nearest = NearestKey.to(name, keyByName.keySet());
                problems.add(
                    source
                        + " names no setting; nearest: "
                        + nearest
                        + " ("
                        + keyByName.get(nearest)
                        + ")");
              }
            });
    return values;
  }

  private static Optional<String> passThroughKey(String name, KnownKeys known) {
    for (String section : known.passThroughSections()) {
      String sectionName = KnownKeys.environmentName(section) + "_";
      if (name.startsWith(sectionName)) {
        String rest = name.substring(sectionName.length()).toLowerCase(Locale.ROOT);
        return Optional.of(section + "." + rest.replace('_', '.'));
      }
    }
    return Optional.empty();
  }
}
