package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OnlineOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.run.OnlineTraining;
import org.rlhfstreams.service.objective.TrainingObjective;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** An objective on rollouts, over a file of prompts. */
@Command(mixinStandardHelpOptions = true)
final class TrainOnPromptsCommand implements Callable<Integer> {
  private final TrainingObjective objective;

  @Mixin private OnlineOptions prompts;
  @Mixin private ConfigurationOptions options;
  @Mixin private TerminalOptions terminal;

  TrainOnPromptsCommand(TrainingObjective objective) {
    this.objective = objective;
    this.options =
        new ConfigurationOptions(
            CommandSettings.ofPrompts(objective, OnlineTraining.defaults(objective)));
  }

  @Override
  public Integer call() throws Exception {
    return new OnlineTraining(options, prompts, terminal, objective).run();
  }
}
