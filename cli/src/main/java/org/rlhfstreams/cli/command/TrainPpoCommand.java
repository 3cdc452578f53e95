package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OnlineOptions;
import org.rlhfstreams.cli.run.OnlineTraining;
import org.rlhfstreams.service.configuration.ObjectiveName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Proximal policy optimisation over a file of prompts. */
@Command(
    name = "ppo",
    mixinStandardHelpOptions = true,
    description = "Proximal policy optimisation over prompts, with a reward model.")
public final class TrainPpoCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;
  @Mixin private OnlineOptions prompts;

  @Override
  public Integer call() throws Exception {
    return new OnlineTraining(options, prompts, ObjectiveName.PPO).run();
  }
}
