package org.rlhfstreams.cli.command;

import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.RoleRun;
import org.rlhfstreams.people.PeopleService;
import org.rlhfstreams.service.access.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The role people; its subcommands say who may use it. */
@Command(
    name = "people",
    mixinStandardHelpOptions = true,
    description =
        "Serves people and applications the pages and the HTTP API; token and revoke say who may"
            + " use them, sync catches up with Label Studio.",
    subcommands = {PeopleTokenCommand.class, PeopleRevokeCommand.class, PeopleSyncCommand.class})
public final class PeopleCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.PEOPLE);

  @Override
  public Integer call() throws Exception {
    return new RoleRun(Role.PEOPLE, options)
        .run(
            PeopleService::require,
            connection -> {
              PeopleService role = PeopleService.start(connection);
              return new RoleRun.Started(role, role.ended(), role.endpoint());
            });
  }
}
