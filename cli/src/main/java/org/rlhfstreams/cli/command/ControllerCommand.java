package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.RoleRun;
import org.rlhfstreams.controller.ControllerService;
import org.rlhfstreams.service.access.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The controller: hosts the topologies. */
@Command(
    name = "controller",
    mixinStandardHelpOptions = true,
    description =
        "The controller: admits prompts, keeps statistics, and with people makes their questions"
            + " and counts their answers.")
public final class ControllerCommand implements Callable<Integer> {
  @Mixin
  private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.CONTROLLER);

  @Override
  public Integer call() throws Exception {
    return new RoleRun(Role.CONTROLLER, options)
        .run(
            ControllerService::require,
            connection -> {
              ControllerService role = ControllerService.start(connection);
              return new RoleRun.Started(role, role.ended(), role.endpoint());
            });
  }
}
