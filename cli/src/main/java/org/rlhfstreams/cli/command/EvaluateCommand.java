package org.rlhfstreams.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the measures of finished models. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = "Measures models: win rate, reward and KL, preferences, perplexity.",
    subcommands = {
      EvaluateWinRateCommand.class,
      EvaluateFrontierCommand.class,
      EvaluatePreferencesCommand.class,
      EvaluatePerplexityCommand.class
    })
public final class EvaluateCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name what to measure; rlhf evaluate --help lists it");
  }
}
