package org.rlhfstreams.cli.command;

import java.util.Map;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OfflineOptions;
import org.rlhfstreams.cli.run.OfflineTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Supervised fine-tuning. */
@Command(
    name = "sft",
    mixinStandardHelpOptions = true,
    description = "Supervised fine-tuning on texts or on prompts with completions.")
public final class TrainSftCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configuration;
  @Mixin private OfflineOptions options;

  @Override
  public Integer call() {
    return new OfflineTraining(
            options,
            configuration,
            Map.of("learner.objective", "sft", "model.policy", options.startModel().toString()))
        .run();
  }
}
