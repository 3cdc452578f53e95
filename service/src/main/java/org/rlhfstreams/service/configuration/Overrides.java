package org.rlhfstreams.service.configuration;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a command itself says of the configuration, in three layers. From the weakest to the
 * strongest, settings come from the defaults, what the command <em>suggests</em>, the file, the
 * environment, what the command <em>decides</em>, the flags, and what the command <em>fixes</em>.
 * Immutable; of two values for a key in one layer the later one holds.
 */
public final class Overrides {
  /** A command without settings of its own. */
  public static final Overrides NONE = new Overrides(Map.of(), Map.of(), Map.of());

  private final Map<String, String> suggested;
  private final Map<String, String> decided;
  private final Map<String, String> fixed;

  private Overrides(
      Map<String, String> suggested, Map<String, String> decided, Map<String, String> fixed) {
    this.suggested = suggested;
    this.decided = decided;
    this.fixed = fixed;
  }

  /** Adds a setting in place of the default: file, environment and flags overrule it. */
  public Overrides suggest(String key, Object value) {
    return suggest(Map.of(key, value.toString()));
  }

  /** As {@link #suggest(String, Object)}, by full key. */
  public Overrides suggest(Map<String, String> settings) {
    return new Overrides(both(suggested, settings), decided, fixed);
  }

  /** Adds a setting that only a flag overrules. */
  public Overrides decide(String key, Object value) {
    return decide(Map.of(key, value.toString()));
  }

  /** As {@link #decide(String, Object)}, by full key. */
  public Overrides decide(Map<String, String> settings) {
    return new Overrides(suggested, both(decided, settings), fixed);
  }

  /** Adds a setting that nothing overrules. */
  public Overrides fix(String key, Object value) {
    return new Overrides(suggested, decided, both(fixed, Map.of(key, value.toString())));
  }

  /** Both; the other's hold if they set the same key in the same layer. */
  public Overrides and(Overrides later) {
    return new Overrides(
        both(suggested, later.suggested), both(decided, later.decided), both(fixed, later.fixed));
  }

  /** All settings by full key, each as its strongest layer has it. */
  public Map<String, String> settings() {
    return both(suggested, around(Map.of()));
  }

  /** Settings in place of the defaults. */
  Map<String, String> underEverything() {
    return suggested;
  }

  /** The flags between what is decided and what is fixed. */
  Map<String, String> around(Map<String, String> flags) {
    return both(both(decided, flags), fixed);
  }

  private static Map<String, String> both(Map<String, String> first, Map<String, String> later) {
    Map<String, String> all = new TreeMap<>(first);
    all.putAll(later);
    return all;
  }
}
