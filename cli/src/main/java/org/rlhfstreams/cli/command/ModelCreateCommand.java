package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.TensorTypeConverter;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.InitialValues;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TargetDirectory;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a model that has learned nothing yet. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description =
        "Writes a model of a given shape with random weights: to train from nothing, or to try how a"
            + " size runs here before its weights are fetched.")
public final class ModelCreateCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR",
      description =
          "Directory with config.json, which says the shape, and the tokenizer's files; weights in it"
              + " are not read.")
  private Path from;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where to write: a new or empty directory, or a model to replace.")
  private Path output;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      converter = TensorTypeConverter.class,
      defaultValue = "float32",
      description = "Type of the weights: float32, bfloat16 or float16.")
  private TensorType type;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Random seed.")
  private long seed;

  @Option(names = "--reward", description = "A reward model: a score in the place of the head.")
  private boolean reward;

  @Override
  public Integer call() {
    TargetDirectory.requireFree(from, output);
    TransformerConfiguration written = ModelDirectory.readConfiguration(from);
    TransformerConfiguration configuration = reward ? written.asClassifier() : written;
    Tokenizer.open(from, configuration).close(); // which checks that the two fit
    ModelDirectory.save(output, configuration, InitialValues.of(configuration, seed), type, from);
    System.out.printf(
        Locale.ROOT,
        "wrote %s: %,d parameters, %s%n",
        output,
        configuration.parameters(),
        type.torchName());
    return 0;
  }
}
