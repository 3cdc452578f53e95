package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.model.files.TensorType;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every training on files needs to know. */
public final class OfflineOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face directory to start from.")
  private Path model;

  @Option(
      names = "--initialize",
      description = "Start from random weights: --model needs config.json and tokenizer only.")
  private boolean initialize;

  @Option(
      names = "--data",
      arity = "1..*",
      paramLabel = "FILE",
      description = DataPaths.HELP + " A run that goes on needs none: OUTPUT/log has its rows.")
  private List<String> data = List.of();

  @Mixin private DataOptions reading;

  private Optional<PreferenceDataset> dataset = Optional.empty();

  @Option(
      names = "--validation",
      paramLabel = "FILE",
      description = "Rows of the same kind to evaluate on: at the end, or see --evaluate-every.")
  private String validation;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where model, metrics, checkpoints and log go.")
  private Path output;

  @Option(
      names = "--save-dtype",
      defaultValue = "float32",
      paramLabel = "TYPE",
      description = "Type of the saved weights: float32, bfloat16 or float16.")
  private String saveType;

  /** The directory named by the user. */
  public Path model() {
    return model;
  }

  /** The directory whose weights training starts from. */
  public Path startModel() {
    return initialize ? output.resolve("initial") : model;
  }

  /** Whether the start is made here. */
  public boolean initialize() {
    return initialize;
  }

  /** The files to learn from as the user names them; empty if none are named. */
  public String named() {
    return String.join(" ", data);
  }

  /**
   * What to learn from.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a file does not exist
   */
  public PreferenceDataset data() {
    if (dataset.isEmpty()) {
      dataset = Optional.of(reading.of(data)); // standard input can only be read once
    }
    return dataset.get();
  }

  /** Whether bad rows stop the run. */
  public boolean strict() {
    return reading.strict();
  }

  /**
   * What to measure on.
   *
   * @throws org.rlhfstreams.cli.CommandException where a file is not there
   */
  public Optional<PreferenceDataset> validation() {
    return Optional.ofNullable(validation).map(named -> reading.of(List.of(named)));
  }

  /** Where results go. */
  public Path output() {
    return output;
  }

  /** Type of the saved weights. */
  public TensorType saveType() {
    return switch (saveType) {
      case "float32" -> TensorType.F32;
      case "bfloat16" -> TensorType.BF16;
      case "float16" -> TensorType.F16;
      default ->
          throw new org.rlhfstreams.service.configuration.ConfigurationException(
              "--save-dtype = " + saveType + ": expected float32, bfloat16 or float16");
    };
  }
}
