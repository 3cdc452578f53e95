package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.RoleRun;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.worker.EvaluationWorker;
import org.rlhfstreams.worker.RolloutWorker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A rollout worker: samples responses with the newest policy. */
@Command(
    name = "rollout-worker",
    mixinStandardHelpOptions = true,
    description = "A rollout worker: samples responses with the newest policy.")
public final class RolloutWorkerCommand implements Callable<Integer> {
  @Mixin
  private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.ROLLOUT_WORKER);

  @Override
  public Integer call() throws Exception {
    return new RoleRun(Role.ROLLOUT_WORKER, options)
        .run(
            RolloutWorker::require,
            connection -> {
              if (connection.configuration().rolloutWorker().evaluation()) {
                EvaluationWorker role = EvaluationWorker.start(connection);
                return new RoleRun.Started(role, role.ended(), role.endpoint());
              }
              RolloutWorker role = RolloutWorker.start(connection);
              return new RoleRun.Started(role, role.ended(), role.endpoint());
            });
  }
}
