package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.run.Replay;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.objective.TrainingObjective;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Learns again from a range of a log that is there. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Learns again from a range of a log (--from, --until), into a new generation of weights.")
public final class ReplayCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.REPLAY);

  @Mixin private TerminalOptions terminal;

  @Parameters(
      paramLabel = "OBJECTIVE",
      description = "What to optimise: one of ${COMPLETION-CANDIDATES}.")
  private TrainingObjective objective;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "What to start from: the policy, or the reward model of reward.")
  private Path model;

  @Option(
      names = "--reference-model",
      paramLabel = "DIR",
      description = "What the policy is held to, where rollouts do not say so already.")
  private Path reference;

  @Option(
      names = "--reward-model",
      paramLabel = "DIR",
      description = "Where the value model of ppo starts.")
  private Path reward;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where model, metrics and checkpoints go; the same again continues.")
  private Path output;

  @Override
  public Integer call() {
    Overrides overrides =
        Overrides.NONE
            .decide("learner.objective", objective.text())
            .decide(objective.trains().key(), model);
    if (reference != null) {
      overrides = overrides.decide("model.reference", reference);
    }
    if (reward != null) {
      overrides = overrides.decide("model.reward", reward);
    }
    return new Replay(options, terminal, overrides, output).run();
  }
}
