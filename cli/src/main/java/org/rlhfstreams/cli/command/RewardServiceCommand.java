package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.RoleRun;
import org.rlhfstreams.reward.RewardService;
import org.rlhfstreams.service.access.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A reward service: scores rollouts. */
@Command(
    name = "reward-service",
    mixinStandardHelpOptions = true,
    description = "A reward service: scores rollouts; several share the work.")
public final class RewardServiceCommand implements Callable<Integer> {
  @Mixin
  private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.REWARD_SERVICE);

  @Override
  public Integer call() throws Exception {
    return new RoleRun(Role.REWARD_SERVICE, options)
        .run(
            RewardService::require,
            connection -> {
              RewardService role = RewardService.start(connection);
              return new RoleRun.Started(role, role.ended(), role.endpoint());
            });
  }
}
