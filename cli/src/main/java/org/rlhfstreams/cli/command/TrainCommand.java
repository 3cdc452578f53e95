package org.rlhfstreams.cli.command;

import java.util.Arrays;
import java.util.Comparator;
import org.rlhfstreams.service.objective.TrainingObjective;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the one-shot training commands, one for each objective of the registry. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Trains on files: publishes them to a log of its own and runs the learner on it.")
public final class TrainCommand implements Runnable {
  private CommandSpec spec;

  /** Adds the commands, those on preferences first. */
  @Spec
  void addObjectives(CommandSpec own) {
    spec = own;
    Arrays.stream(TrainingObjective.values())
        .sorted(Comparator.comparing(TrainingObjective::learnsFromRollouts))
        .forEach(objective -> own.addSubcommand(objective.text(), command(objective)));
  }

  private static CommandSpec command(TrainingObjective objective) {
    CommandSpec command =
        objective.learnsFromRollouts()
            ? CommandSpec.forAnnotatedObject(new TrainOnPromptsCommand(objective))
            : TrainOnPreferencesCommand.of(objective);
    command.usageMessage().description(objective.help());
    return command;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name an objective:");
  }
}
