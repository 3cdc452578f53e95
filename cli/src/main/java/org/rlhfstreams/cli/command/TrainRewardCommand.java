package org.rlhfstreams.cli.command;

import java.util.Map;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OfflineOptions;
import org.rlhfstreams.cli.run.OfflineTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A reward model from preference pairs. */
@Command(
    name = "reward",
    mixinStandardHelpOptions = true,
    description = "A reward model from preference pairs; starts from any language model.")
public final class TrainRewardCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configuration;
  @Mixin private OfflineOptions options;

  @Override
  public Integer call() {
    return new OfflineTraining(
            options,
            configuration,
            Map.of("learner.objective", "reward", "model.reward", options.startModel().toString()))
        .run();
  }
}
