package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.logging.StepLog;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.RoleRun;
import org.rlhfstreams.cli.status.WaitNotice;
import org.rlhfstreams.cli.terminal.TrainingProgress;
import org.rlhfstreams.learner.LearnerService;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.LogFormat;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The learner: scored rollouts to new weights. */
@Command(
    name = "learner",
    mixinStandardHelpOptions = true,
    description = "The learner: scored rollouts to new weights.")
public final class LearnerCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.LEARNER);

  @Override
  public Integer call() throws Exception {
    return new RoleRun(Role.LEARNER, options).run(LearnerService::require, LearnerCommand::start);
  }

  private static RoleRun.Started start(KafkaConnection connection) {
    ShutdownSequence opened = new ShutdownSequence();
    try {
      RlhfConfiguration configuration = connection.configuration();
      boolean json = configuration.operations().logFormat() == LogFormat.JSON;
      TrainingProgress progress = new TrainingProgress(configuration.learner().loggingSteps());
      StepListener listener =
          json ? new StepLog() : opened.add(WaitNotice.start(connection, progress));
      LearnerService role = opened.add(LearnerService.start(connection, listener));
      return new RoleRun.Started(opened, role.ended(), role.endpoint());
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }
}
