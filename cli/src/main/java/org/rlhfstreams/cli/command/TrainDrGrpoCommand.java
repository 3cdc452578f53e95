package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OnlineOptions;
import org.rlhfstreams.cli.run.OnlineTraining;
import org.rlhfstreams.service.configuration.ObjectiveName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** GRPO without its biases of length and difficulty, over a file of prompts. */
@Command(
    name = "dr-grpo",
    mixinStandardHelpOptions = true,
    description = "GRPO without division by the deviation and by the length of responses.")
public final class TrainDrGrpoCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;
  @Mixin private OnlineOptions prompts;

  @Override
  public Integer call() throws Exception {
    return new OnlineTraining(options, prompts, ObjectiveName.DR_GRPO).run();
  }
}
