package org.rlhfstreams.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the one-shot training commands. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Trains on files: publishes them to a log of its own and runs the learner on it.",
    subcommands = {
      TrainSftCommand.class,
      TrainRewardCommand.class,
      TrainDpoCommand.class,
      TrainOrpoCommand.class,
      TrainKtoCommand.class,
      TrainPpoCommand.class,
      TrainGrpoCommand.class,
      TrainDrGrpoCommand.class,
      TrainRlooCommand.class,
      TrainReinforceCommand.class,
      TrainOnlineDpoCommand.class
    })
public final class TrainCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name what to train; rlhf train --help lists it");
  }
}
