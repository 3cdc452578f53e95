package org.rlhfstreams.cli.options;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.rlhfstreams.service.configuration.ConfigurationLoader;
import org.rlhfstreams.service.configuration.Overrides;

/**
 * Which configuration keys a command uses, and what it sets in place of their defaults. Immutable.
 */
public final class SettingScope {
  private final Set<String> keys;
  private final Overrides own;

  private SettingScope(Collection<String> keys, Overrides own) {
    this.keys = new TreeSet<>(keys);
    this.own = own;
  }

  /**
   * Some keys.
   *
   * @param names full keys such as {@code model.dtype}, or sections such as {@code lora}
   * @throws IllegalArgumentException if there is nothing of a name
   */
  static SettingScope of(String... names) {
    return new SettingScope(Set.of(), Overrides.NONE).and(names);
  }

  /** These as well. */
  SettingScope and(String... names) {
    Set<String> more = new TreeSet<>(keys);
    Arrays.stream(names).forEach(name -> more.addAll(meant(name)));
    return new SettingScope(more, own);
  }

  /** Both; of two defaults for a key the other's holds. */
  SettingScope and(SettingScope other) {
    Set<String> more = new TreeSet<>(keys);
    more.addAll(other.keys);
    return new SettingScope(more, own.and(other.own));
  }

  /** Not these. */
  SettingScope without(String... names) {
    Set<String> fewer = new TreeSet<>(keys);
    Arrays.stream(names).forEach(name -> fewer.removeAll(meant(name)));
    return new SettingScope(fewer, own);
  }

  /** Only those of the keys. */
  SettingScope only(Predicate<String> wanted) {
    return new SettingScope(keys.stream().filter(wanted).toList(), own);
  }

  /** With what the command itself says. */
  public SettingScope with(Overrides settings) {
    return new SettingScope(keys, own.and(settings));
  }

  private static Set<String> meant(String name) {
    Set<String> meant = new TreeSet<>(ConfigurationLoader.keys());
    meant.removeIf(key -> !key.equals(name) && !key.startsWith(name + "."));
    if (meant.isEmpty()) {
      throw new IllegalArgumentException(name + " is no key and no section");
    }
    return meant;
  }

  /** Whether the command uses a key. */
  public boolean has(String key) {
    return keys.contains(key);
  }

  /** Full key to the value that the command sets in place of the default. */
  public Map<String, String> own() {
    return own.settings();
  }
}
