package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OnlineOptions;
import org.rlhfstreams.cli.run.OnlineTraining;
import org.rlhfstreams.service.configuration.ObjectiveName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** REINFORCE++ over a file of prompts. */
@Command(
    name = "reinforce-plus-plus",
    mixinStandardHelpOptions = true,
    description = "REINFORCE++ over prompts: returns whitened over the batch, no value model.")
public final class TrainReinforceCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;
  @Mixin private OnlineOptions prompts;

  @Override
  public Integer call() throws Exception {
    return new OnlineTraining(options, prompts, ObjectiveName.REINFORCE_PLUS_PLUS).run();
  }
}
