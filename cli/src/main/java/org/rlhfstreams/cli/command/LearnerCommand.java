package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.logging.StepLog;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.RoleRun;
import org.rlhfstreams.cli.terminal.TrainingProgress;
import org.rlhfstreams.learner.LearnerService;
import org.rlhfstreams.service.configuration.LogFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The learner: scored rollouts to new weights. */
@Command(
    name = "learner",
    mixinStandardHelpOptions = true,
    description = "The learner: scored rollouts to new weights.")
public final class LearnerCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @Override
  public Integer call() throws Exception {
    return new RoleRun("learner", options)
        .run(
            connection -> {
              LogFormat format = connection.configuration().operations().logFormat();
              LearnerService role =
                  LearnerService.start(
                      connection,
                      format == LogFormat.JSON ? new StepLog() : new TrainingProgress());
              return new RoleRun.Started(role, role.ended(), role.endpoint());
            });
  }
}
