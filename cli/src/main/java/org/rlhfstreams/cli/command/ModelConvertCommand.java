package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.TensorTypeConverter;
import org.rlhfstreams.model.files.ModelConversion;
import org.rlhfstreams.model.files.SavedModel;
import org.rlhfstreams.model.files.ShardPlan;
import org.rlhfstreams.model.files.TensorType;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Writes a model again. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description =
        "Writes a model again: in another type, or in files of another size; a plain copy with"
            + " neither.")
public final class ModelConvertCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face directory, or the id of a model in the hub cache.")
  private Path model;

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
      description = "Type of the weights: float32, bfloat16 or float16. Kept by default.")
  private TensorType type;

  @Option(
      names = "--max-shard-size",
      paramLabel = "SIZE",
      converter = PlanConverter.class,
      description =
          "Largest weight file, such as 5GB or 500MB. By default files stay as they are, and"
              + " weights of a new type are split at 5GB.")
  private ShardPlan plan;

  @Override
  public Integer call() {
    SavedModel saved =
        ModelConversion.convert(
            model, output, Optional.ofNullable(type), Optional.ofNullable(plan));
    System.out.printf("wrote %s: %,d bytes in%n", output, saved.bytes());
    saved.files().forEach(file -> System.out.println("  " + file));
    return 0;
  }

  private static final class PlanConverter implements ITypeConverter<ShardPlan> {
    @Override
    public ShardPlan convert(String size) {
      try {
        return ShardPlan.parse(size);
      } catch (IllegalArgumentException e) {
        TypeConversionException wrong = new TypeConversionException(e.getMessage());
        wrong.initCause(e);
        throw wrong;
      }
    }
  }
}
