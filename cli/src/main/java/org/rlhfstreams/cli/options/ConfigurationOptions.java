package org.rlhfstreams.cli.options;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.ConfigurationLoader;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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

  private final Map<String, String> flags = new HashMap<>();

  /** Gives the command an option for each configuration key; the help stays short. */
  @Spec(Spec.Target.MIXEE)
  void command(CommandSpec command) {
    for (String key : ConfigurationLoader.keys()) {
      command.addOption(
          OptionSpec.builder("--" + key)
              .hidden(true)
              .arity("1")
              .type(String.class)
              .setter(
                  new ISetter() {
                    @Override
                    public <T> T set(T value) {
                      if (value != null) {
                        flags.put(key, (String) value);
                      }
                      return null;
                    }
                  })
              .build());
    }
  }

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Any key, also of kafka.* and schema-registry.*, which pass through; no secrets.")
  void set(Map<String, String> settings) {
    flags.putAll(settings);
  }

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

  @Option(
      names = "--evaluate-every",
      paramLabel = "N",
      description = "Steps between evaluations; 0 is at the end alone.")
  void evaluateEvery(String value) {
    flags.put("learner.evaluate-every", value);
  }

  @Option(names = "--max-length", paramLabel = "N", description = "Tokens of a row at most.")
  void maxLength(String value) {
    flags.put("learner.max-length", value);
  }

  @Option(
      names = "--force",
      description = "Go on where models will need more memory than the machine has.")
  void force(boolean given) {
    if (given) {
      flags.put("operations.memory-check", "warn");
    }
  }

  @Option(
      names = "--no-shuffle",
      description = "Visit the rows of offline data in their order, in each epoch.")
  void noShuffle(boolean given) {
    if (given) {
      flags.put("learner.shuffle", "false");
    }
  }

  @Option(
      names = "--assistant-only-loss",
      description = "With sft, learn only what the chat template marks as the assistant's.")
  void assistantOnlyLoss(boolean given) {
    if (given) {
      flags.put("learner.assistant-only-loss", "true");
    }
  }

  @Option(
      names = "--beta",
      paramLabel = "X",
      description = "How strongly the reference holds the policy.")
  void beta(String value) {
    flags.put("ppo.beta", value);
    flags.put("critic-free.beta", value);
    flags.put("preference.beta", value);
  }

  @Option(names = "--samples", paramLabel = "N", description = "Responses to each prompt.")
  void samples(String value) {
    flags.put("sampling.samples", value);
  }

  @Option(
      names = "--engine",
      paramLabel = "KIND",
      description = "What samples: decoder, or vllm on a server of yours.")
  void engine(String value) {
    flags.put("rollout-worker.engine", value);
  }

  @Option(names = "--engine-url", paramLabel = "URL", description = "Where that server is asked.")
  void engineUrl(String value) {
    flags.put("rollout-worker.engine-url", value);
  }

  @Option(
      names = "--metadata",
      paramLabel = "COLUMN,...",
      description = "Columns of the prompts that scorers need, such as answer,tests.")
  void metadata(String value) {
    flags.put("admission.metadata", value);
  }

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      description =
          "Where reading begins, for a learner on preferences, replay and rescore: beginning, end,"
              + " offset:N or a time.")
  void from(String value) {
    flags.put("range.from", value);
  }

  @Option(
      names = "--until",
      paramLabel = "PLACE",
      description = "Where it ends: end, offset:N, a time, or never.")
  void until(String value) {
    flags.put("range.until", value);
  }

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all random choices.")
  void seed(String value) {
    flags.put("learner.seed", value);
    flags.put("sampling.seed", value);
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
