package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OfflineOptions;
import org.rlhfstreams.cli.options.ReferenceOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.run.OfflineTraining;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.objective.AuxiliaryModel;
import org.rlhfstreams.service.objective.TrainingObjective;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** An objective on files of pairs, labels or texts. */
@Command(mixinStandardHelpOptions = true)
final class TrainOnPreferencesCommand implements Callable<Integer> {
  private final TrainingObjective objective;
  private final ReferenceOptions reference = new ReferenceOptions();

  @Mixin private OfflineOptions options;
  @Mixin private ConfigurationOptions configuration;
  @Mixin private TerminalOptions terminal;

  private TrainOnPreferencesCommand(TrainingObjective objective) {
    this.objective = objective;
    this.configuration =
        new ConfigurationOptions(CommandSettings.ofFiles(objective, OfflineTraining.defaults()));
  }

  /** The command of an objective. */
  static CommandSpec of(TrainingObjective objective) {
    TrainOnPreferencesCommand command = new TrainOnPreferencesCommand(objective);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command);
    if (objective.needs(AuxiliaryModel.REFERENCE)) {
      spec.addMixin("reference", CommandSpec.forAnnotatedObject(command.reference));
    }
    return spec;
  }

  @Override
  public Integer call() {
    Overrides overrides =
        Overrides.NONE
            .decide("learner.objective", objective.text())
            .decide(objective.trains().key(), options.startModel())
            .and(reference.overrides());
    return new OfflineTraining(options, configuration, terminal, overrides).run();
  }
}
