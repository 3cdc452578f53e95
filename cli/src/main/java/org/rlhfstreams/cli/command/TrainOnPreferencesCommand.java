package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OfflineOptions;
import org.rlhfstreams.cli.options.PairOptions;
import org.rlhfstreams.cli.run.OfflineTraining;
import org.rlhfstreams.service.objective.TrainingObjective;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** An objective on files of pairs, labels or texts. */
@Command(mixinStandardHelpOptions = true)
final class TrainOnPreferencesCommand implements Callable<Integer> {
  private final TrainingObjective objective;
  private final PairOptions pairs = new PairOptions();

  @Mixin private ConfigurationOptions configuration;
  @Mixin private OfflineOptions options;

  private TrainOnPreferencesCommand(TrainingObjective objective) {
    this.objective = objective;
  }

  /** The command of an objective; one that holds a policy to judged responses has more options. */
  static CommandSpec of(TrainingObjective objective) {
    TrainOnPreferencesCommand command = new TrainOnPreferencesCommand(objective);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command);
    if (objective.examples().judged() && !objective.trainsRewardModel()) {
      spec.addMixin("pairs", CommandSpec.forAnnotatedObject(command.pairs));
    }
    return spec;
  }

  @Override
  public Integer call() {
    return new OfflineTraining(
            options, configuration, pairs.overrides(objective, options.startModel()))
        .run();
  }
}
