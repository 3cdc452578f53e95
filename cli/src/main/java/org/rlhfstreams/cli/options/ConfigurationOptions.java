package org.rlhfstreams.cli.options;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.ConfigurationLoader;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/**
 * Flags that set configuration keys. The common keys have short names; every key can be given by
 * its full one, {@code --learner.learning-rate 1e-5}.
 */
public final class ConfigurationOptions {
  private static final Path DEFAULT_FILE = Path.of("rlhf.yaml");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration file; rlhf.yaml here, where it exists.")
  private Path file;

  @Option(
      names = "--print-config",
      description = "Print the effective configuration, secrets masked, and exit.")
  private boolean print;

  @Unmatched private List<String> rest = List.of();

  private final Map<String, String> flags = new HashMap<>();

  @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "Kafka brokers.")
  void bootstrapServers(String value) {
    flags.put("connection.bootstrap-servers", value);
  }

  @Option(names = "--schema-registry-url", paramLabel = "URL", description = "Schema registry.")
  void schemaRegistryUrl(String value) {
    flags.put("connection.schema-registry-url", value);
  }

  @Option(names = "--topic-prefix", paramLabel = "TEXT", description = "Put before topic names.")
  void topicPrefix(String value) {
    flags.put("connection.topic-prefix", value);
  }

  @Option(names = "--learning-rate", paramLabel = "X", description = "Peak learning rate.")
  void learningRate(String value) {
    flags.put("learner.learning-rate", value);
  }

  @Option(names = "--batch-size", paramLabel = "N", description = "Examples of one step.")
  void batchSize(String value) {
    flags.put("learner.batch-size", value);
  }

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over offline data.")
  void epochs(String value) {
    flags.put("learner.epochs", value);
  }

  @Option(names = "--max-steps", paramLabel = "N", description = "Steps at most; 0 is no bound.")
  void maxSteps(String value) {
    flags.put("learner.max-steps", value);
  }

  @Option(names = "--max-length", paramLabel = "N", description = "Tokens of a row at most.")
  void maxLength(String value) {
    flags.put("learner.max-length", value);
  }

  @Option(names = "--beta", paramLabel = "X", description = "Weight of the KL.")
  void beta(String value) {
    flags.put("ppo.beta", value);
  }

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all random choices.")
  void seed(String value) {
    flags.put("learner.seed", value);
    flags.put("sampling.seed", value);
  }

  /**
   * The effective configuration: defaults, file, environment, flags, and what the command itself
   * decides.
   *
   * @param decided keys that the command sets, unless a flag does
   * @throws ConfigurationException naming what is wrong
   */
  public RlhfConfiguration load(Map<String, String> decided) {
    Map<String, String> all = new HashMap<>(decided);
    all.putAll(flags);
    for (int i = 0; i < rest.size(); i++) {
      String argument = rest.get(i);
      if (!argument.startsWith("--")) {
        throw new ConfigurationException("unexpected argument " + argument);
      }
      int equals = argument.indexOf('=');
      if (equals > 0) {
        all.put(argument.substring(2, equals), argument.substring(equals + 1));
      } else if (i + 1 < rest.size()) {
        all.put(argument.substring(2), rest.get(++i));
      } else {
        throw new ConfigurationException(argument + " needs a value");
      }
    }
    return ConfigurationLoader.load(configurationFile(), System.getenv(), all);
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
