package org.rlhfstreams.service.configuration;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Merges the layers — defaults, then the file, then the environment, then the command line — and
 * binds the result to {@link RlhfConfiguration}. All problems are reported at once, one a line.
 */
public final class ConfigurationLoader {
  private static final KnownKeys KNOWN = new KnownKeys(RlhfConfiguration.class);
  private static final List<ConfigurationKey> DESCRIBED =
      KNOWN.all().values().stream().map(ConfigurationKey::of).toList();

  private final Map<String, ConfiguredValue> merged = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  private ConfigurationLoader() {}

  /**
   * Loads the effective configuration.
   *
   * @param file the YAML file, or empty for none
   * @param environment environment variables; those not beginning with {@code RLHF_} are ignored
   * @param commandLine full key (without dashes) to value
   * @throws ConfigurationException naming every key that is unknown or whose value does not fit
   */
  public static RlhfConfiguration load(
      Optional<Path> file, Map<String, String> environment, Map<String, String> commandLine) {
    return load(Overrides.NONE, file, environment, commandLine);
  }

  /**
   * Loads the effective configuration of a command that has settings of its own.
   *
   * @param overrides what the command itself says
   * @param file the YAML file, or empty for none
   * @param environment environment variables; those not beginning with {@code RLHF_} are ignored
   * @param commandLine full key (without dashes) to value
   * @throws ConfigurationException naming every key that is unknown or whose value does not fit
   */
  public static RlhfConfiguration load(
      Overrides overrides,
      Optional<Path> file,
      Map<String, String> environment,
      Map<String, String> commandLine) {
    ConfigurationLoader loader = new ConfigurationLoader();
    List<ConfiguredValue> defaults = new ArrayList<>();
    overrides
        .underEverything()
        .forEach((key, value) -> defaults.add(new ConfiguredValue(key, value, "this command")));
    loader.add(defaults);
    file.ifPresent(loader::addFile);
    loader.add(EnvironmentLayer.read(environment, KNOWN, loader.problems));
    List<ConfiguredValue> flags = new ArrayList<>();
    overrides
        .around(commandLine)
        .forEach((key, value) -> flags.add(new ConfiguredValue(key, value, "flag --" + key)));
    loader.add(flags);
    loader.failOnProblems();
    Object configuration = loader.bind(RlhfConfiguration.class, "");
    loader.failOnProblems();
    return (RlhfConfiguration) configuration;
  }

  /**
   * Refuses secrets on a command line, which everyone on the machine can read.
   *
   * @param flags full key to value, as they were typed
   * @throws ConfigurationException naming the first, and where it belongs
   */
  public static void requireNoSecrets(Map<String, String> flags) {
    new TreeMap<>(flags)
        .forEach(
            (key, value) -> {
              if (Secrets.isPlain(key, value)) {
                throw new ConfigurationException(
                    ("%s is a secret, and a command line can be read by everyone on the machine:"
                            + " set it in the environment (%s), in a file that only you can read"
                            + " (--config), or by reference ${file:PATH:KEY} with config.providers")
                        .formatted(key, KnownKeys.environmentName(key)));
              }
            });
  }

  /** All keys there are, without those of the sections that pass through. */
  public static Set<String> keys() {
    return KNOWN.all().keySet();
  }

  /** What is known of each key, in the order of the records. */
  public static List<ConfigurationKey> described() {
    return DESCRIBED;
  }

  /** The key that is most like a word that is none. */
  public static String nearest(String word) {
    return NearestKey.to(word, keys());
  }

  private void addFile(Path file) {
    List<ConfiguredValue> layer = YamlLayer.read(file);
    layer.stream()
        .filter(value -> Secrets.isPlain(value.key(), value.value()))
        .findFirst()
        .ifPresent(value -> ExposedFile.warn(file, value.key()));
    add(layer);
  }

  private void add(List<ConfiguredValue> layer) {
    for (ConfiguredValue value : layer) {
      Optional<String> instead = KNOWN.typedInstead(value.key());
      if (instead.isPresent()) {
        problems.add(
            value.key()
                + " ("
                + value.source()
                + ") is set by "
                + instead.get()
                + ": use that key");
      } else if (KNOWN.find(value.key()).isPresent()
          || KNOWN.passThroughSection(value.key()).isPresent()) {
        merged.put(value.key(), value);
      } else {
        problems.add(
            "unknown key "
                + value.key()
                + " ("
                + value.source()
                + "); nearest: "
                + NearestKey.to(value.key(), KNOWN.all().keySet()));
      }
    }
  }

  private void failOnProblems() {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(String.join("\n", problems));
    }
  }

  private Object bind(Class<?> record, String prefix) {
    RecordComponent[] components = record.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = prefix + KnownKeys.kebab(components[i].getName());
      if (components[i].getType().isRecord()) {
        arguments[i] = bind(components[i].getType(), key + ".");
      } else if (components[i].getType() == Map.class) {
        arguments[i] = passedThrough(key + ".");
      } else {
        arguments[i] = value(KNOWN.find(key).orElseThrow());
      }
    }
    if (!problems.isEmpty()) {
      return null;
    }
    try {
      Constructor<?> canonical =
          record.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      return canonical.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof ConfigurationException problem) {
        problems.add(problem.getMessage());
        return null;
      }
      throw new IllegalStateException(record.getName(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(record.getName() + " has no canonical constructor", e);
    }
  }

  private Object value(KnownKeys.Known setting) {
    ConfiguredValue written =
        merged.getOrDefault(
            setting.key(),
            new ConfiguredValue(setting.key(), setting.setting().value(), "default"));
    try {
      return ValueParser.parse(setting, written.value());
    } catch (ValueParser.ExpectedException e) {
      problems.add(
          written.key()
              + " = "
              + Secrets.masked(written.key(), written.value())
              + " ("
              + written.source()
              + "): expected "
              + e.getMessage());
      return null;
    } catch (ConfigurationException e) {
      problems.add(e.getMessage() + " (" + written.source() + ")");
      return null;
    }
  }

  private Map<String, String> passedThrough(String prefix) {
    Map<String, String> settings = new TreeMap<>();
    merged.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            settings.put(key.substring(prefix.length()), value.value());
          }
        });
    return settings;
  }
}
