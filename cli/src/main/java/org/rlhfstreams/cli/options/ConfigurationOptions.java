package org.rlhfstreams.cli.options;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.ConfigurationKey;
import org.rlhfstreams.service.configuration.ConfigurationLoader;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Options that set configuration keys. The common keys have short names; every key can be given by
 * its full one, {@code --learner.learning-rate 1e-5}. Help shows the keys that the command uses.
 */
public final class ConfigurationOptions {
  private static final Path DEFAULT_FILE = Path.of("rlhf.yaml");

  /** Short names that set more than one key. */
  private static final Map<String, List<String>> JOINED =
      new TreeMap<>( // help has an order
          Map.of(
              "--beta", List.of("ppo.beta", "critic-free.beta", "preference.beta"),
              "--seed", List.of("learner.seed", "sampling.seed")));

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration file; without it rlhf.yaml in this directory, if there is one.")
  private Path file;

  @Option(
      names = "--print-config",
      description = "Print the effective configuration, secrets masked, and exit.")
  private boolean print;

  private final SettingScope scope;
  private final Map<String, String> flags = new HashMap<>();

  /**
   * @param scope what help shows; every other key is taken too, so that the same flags suit all
   *     processes of a run
   */
  public ConfigurationOptions(SettingScope scope) {
    this.scope = scope;
  }

  /** Gives the command an option for each configuration key. */
  @Spec(Spec.Target.MIXEE)
  void command(CommandSpec command) {
    for (ConfigurationKey key : ConfigurationLoader.described()) {
      command.addOption(option(key));
    }
    JOINED.forEach((name, keys) -> joined(name, keys).ifPresent(command::addOption));
    command.addOption(
        without(
            "--no-shuffle",
            "Visit the rows of offline data in their order, in each epoch.",
            "learner.shuffle",
            "false"));
    command.addOption(
        without(
            "--force",
            "Go on if models will need more memory than the machine has.",
            "operations.memory-check",
            "warn"));
  }

  private OptionSpec option(ConfigurationKey key) {
    boolean shown = scope.has(key.key());
    List<String> names = new ArrayList<>(ShortNames.of(key.key(), shown));
    onlyNames(key.key()).forEach(names::add);
    names.add("--" + key.key());
    OptionSpec.Builder option =
        OptionSpec.builder(names.toArray(String[]::new))
            .hidden(!shown)
            .arity(key.isSwitch() ? "0..1" : "1")
            .type(String.class)
            .paramLabel(key.placeholder())
            .description(SettingHelp.description(key))
            .setter(setter(value -> flags.put(key.key(), value)));
    if (!key.values().isEmpty()) {
      option.completionCandidates(key.values());
    }
    if (key.isSwitch()) {
      option.fallbackValue("true");
    }
    return option.build();
  }

  /** Keys that one short name sets, of those that the command uses. */
  private List<String> used(String name) {
    return JOINED.get(name).stream().filter(scope::has).toList();
  }

  /** The short name that a key has in this command because none of the others is used. */
  private Stream<String> onlyNames(String key) {
    return JOINED.keySet().stream().filter(name -> used(name).equals(List.of(key)));
  }

  /** One option for several keys; empty if it is a name of the only one that is used. */
  private Optional<OptionSpec> joined(String name, List<String> keys) {
    List<String> used = used(name);
    if (used.size() == 1) {
      return Optional.empty();
    }
    return Optional.of(
        OptionSpec.builder(name)
            .hidden(used.isEmpty())
            .arity("1")
            .type(String.class)
            .paramLabel("X")
            .description("Sets " + String.join(", ", used.isEmpty() ? keys : used) + ".")
            .setter(setter(value -> keys.forEach(key -> flags.put(key, value))))
            .build());
  }

  private OptionSpec without(String name, String description, String key, String value) {
    return OptionSpec.builder(name)
        .hidden(!scope.has(key))
        .arity("0")
        .type(boolean.class)
        .description(description)
        .setter(
            new ISetter() {
              @Override
              public <T> T set(T given) {
                if (Boolean.TRUE.equals(given)) {
                  flags.put(key, value);
                }
                return null;
              }
            })
        .build();
  }

  private static ISetter setter(Consumer<String> taken) {
    return new ISetter() {
      @Override
      public <T> T set(T value) {
        if (value != null) {
          taken.accept((String) value);
        }
        return null;
      }
    };
  }

  /** Those of a command; empty if it does not read the configuration. */
  public static Optional<ConfigurationOptions> of(CommandSpec command) {
    return command.mixins().values().stream()
        .map(
            mixin ->
                mixin.userObject() instanceof ConfigurationOptions own
                    ? Optional.of(own)
                    : of(mixin))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * The value that a key has if nobody sets it.
   *
   * @return empty if nothing is set then, or if the command does not use the key
   */
  public Optional<String> usual(ConfigurationKey key) {
    return scope.has(key.key())
        ? Optional.of(scope.own().getOrDefault(key.key(), key.usual()))
            .filter(value -> !value.isEmpty())
        : Optional.empty();
  }

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Sets any key, also of kafka.* and schema-registry.*, which pass through to the clients; no"
              + " secrets. May be repeated.")
  void set(Map<String, String> settings) {
    flags.putAll(settings);
  }

  /**
   * The effective configuration of a command without settings of its own.
   *
   * @throws ConfigurationException naming what is wrong
   */
  public RlhfConfiguration load() {
    return load(Overrides.NONE);
  }

  /**
   * The effective configuration: defaults, file, environment, flags, and what the command itself
   * says.
   *
   * @throws ConfigurationException naming what is wrong
   */
  public RlhfConfiguration load(Overrides overrides) {
    ConfigurationLoader.requireNoSecrets(flags);
    return ConfigurationLoader.load(overrides, configurationFile(), System.getenv(), flags);
  }

  private Optional<Path> configurationFile() {
    if (file == null && Files.exists(DEFAULT_FILE)) {
      return Optional.of(DEFAULT_FILE);
    }
    return Optional.ofNullable(file);
  }

  /** Whether the user only wants to see the configuration. */
  public boolean printOnly() {
    return print;
  }
}
