package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.rlhfstreams.model.decoder.AdapterMerge;
import org.rlhfstreams.model.files.AdapterDirectory;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.SavedModel;
import org.rlhfstreams.model.files.ShardPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Adds adapters into the weights that they change. */
@Command(
    name = "merge-lora",
    mixinStandardHelpOptions = true,
    description = "Adds LoRA adapters into a model's weights, and writes it as a model of its own.")
public final class ModelMergeLoraCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The model that the adapters were trained on.")
  private Path model;

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "DIR",
      description = "The adapters, as PEFT or rlhf train saves them.")
  private Path adapter;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where to write; replaced where it is a model already.")
  private Path output;

  @Override
  public Integer call() {
    ModelDirectory directory = ModelDirectory.open(model);
    AdapterDirectory adapters = AdapterDirectory.open(adapter, directory.configuration());
    SavedModel saved =
        ModelDirectory.save(
            output,
            directory.configuration(),
            new AdapterMerge(directory, adapters).tensors(),
            directory.tensorType(directory.expectedTensors().get(0).name()),
            ShardPlan.DEFAULT,
            model);
    System.out.printf(
        "wrote %s: %,d bytes, rank %d adapters of %s merged%n",
        output, saved.bytes(), adapters.adapters().rank(), adapters.adapters().targetModules());
    return 0;
  }
}
