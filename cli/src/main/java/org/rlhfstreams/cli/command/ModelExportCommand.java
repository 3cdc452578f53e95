package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.TensorTypeConverter;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TargetDirectory;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.files.TensorValues;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.weights.ModelLayout;
import org.rlhfstreams.service.weights.StoredWeights;
import org.rlhfstreams.service.weights.WeightLease;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a version of the weights that the log holds. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes weights that a learner published, of a run that goes on or of one that ended, as a"
            + " Hugging Face directory.")
public final class ModelExportCommand implements Callable<Integer> {
  private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,18})");

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where to write: a new or empty directory, or a model to replace.")
  private Path output;

  @Option(
      names = "--of",
      paramLabel = "MODEL",
      description = "Whose weights: ${COMPLETION-CANDIDATES}.")
  private Published of = Published.policy;

  @Option(
      names = "--weights-version",
      paramLabel = "G.STEP",
      description = "Version, such as 0.37 for generation 0, step 37. Without it: the newest.")
  private String version;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      converter = TensorTypeConverter.class,
      defaultValue = "float32",
      description = "Type of the weights: float32, bfloat16 or float16.")
  private TensorType type;

  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.MODEL);
  @Spec private CommandSpec spec;

  /** Models whose weights are in the log. */
  enum Published {
    policy,
    reward
  }

  @Override
  public Integer call() throws Exception {
    Optional<WeightVersion> wanted = Optional.ofNullable(version).map(this::parse);
    RlhfConfiguration configuration = options.load();
    Path startedFrom =
        of == Published.policy
            ? configuration.model().requiredPolicy()
            : configuration.model().requiredReward();
    TargetDirectory.requireFree(startedFrom, output);
    TransformerConfiguration read = ModelDirectory.readConfiguration(startedFrom);
    TransformerConfiguration model = of == Published.policy ? read : read.asClassifier();
    KafkaConnection connection = new KafkaConnection(configuration);
    new BrokerWait(connection, System.out::println).await();
    Topic topic =
        of == Published.policy
            ? connection.topics().policyWeights()
            : connection.topics().rewardWeights();
    ModelLayout layout = new ModelLayout(TensorSpecification.shapes(model.tensors()));
    try (StoredWeights stored = new StoredWeights(connection, topic, layout, wanted);
        CommittedLog log = new CommittedLog(connection)) {
      log.read(
          topic,
          connection.decoder(WeightRecord.class),
          (record, weights) -> stored.accept(weights, record.offset()));
      WeightLease found = stored.found().orElseThrow(() -> missing(topic, stored));
      List<float[]> values = TensorValues.of(model.tensors(), found);
      ModelDirectory.save(output, model, values, type, startedFrom);
      System.out.printf(
          "wrote %s: version %s of %s%n",
          output, WeightVersions.text(found.version()), topic.name());
    }
    return 0;
  }

  private WeightVersion parse(String text) {
    Matcher numbers = VERSION.matcher(text);
    if (!numbers.matches()) {
      throw new ParameterException(
          spec.commandLine(),
          "--weights-version is a generation and a step, such as 0.37, not " + text);
    }
    return new WeightVersion(Integer.parseInt(numbers.group(1)), Long.parseLong(numbers.group(2)));
  }

  private CommandException missing(Topic topic, StoredWeights stored) {
    List<String> there = stored.versions().stream().map(WeightVersions::text).toList();
    return new CommandException(
        "%s: %s"
            .formatted(
                topic.name(),
                stored
                    .refusal()
                    .orElseGet(
                        () ->
                            there.isEmpty()
                                ? "no version is there yet: a learner publishes the first when it starts"
                                : "version %s is not there: the topic keeps %s"
                                    .formatted(version, String.join(", ", there)))));
  }
}
