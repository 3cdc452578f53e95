package org.rlhfstreams.cli.options;

import java.util.List;
import org.rlhfstreams.service.configuration.ConfigurationKey;

/** What help says of a configuration key, beside its default. */
final class SettingHelp {
  private SettingHelp() {}

  /** Its meaning, the permitted values if they are not named in it, and the range of numbers. */
  static String description(ConfigurationKey key) {
    StringBuilder text = new StringBuilder(key.description());
    if (!key.isSwitch() && !allNamed(key.description(), key.values())) {
      text.append(" One of ").append(String.join(", ", key.values())).append('.');
    }
    if (!key.range().isEmpty()) {
      text.append(" Range: ").append(key.range()).append('.');
    }
    return text.toString().replace("%", "%%"); // picocli formats descriptions
  }

  private static boolean allNamed(String description, List<String> values) {
    return values.stream().allMatch(description::contains);
  }
}
