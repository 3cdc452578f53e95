package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OnlineOptions;
import org.rlhfstreams.cli.run.OnlineTraining;
import org.rlhfstreams.service.configuration.ObjectiveName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Leave-one-out policy gradient over a file of prompts. */
@Command(
    name = "rloo",
    mixinStandardHelpOptions = true,
    description = "REINFORCE over prompts, with the mean of the other samples as the baseline.")
public final class TrainRlooCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;
  @Mixin private OnlineOptions prompts;

  @Override
  public Integer call() throws Exception {
    return new OnlineTraining(options, prompts, ObjectiveName.RLOO).run();
  }
}
