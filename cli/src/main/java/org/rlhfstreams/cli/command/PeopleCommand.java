package org.rlhfstreams.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands on who may use the HTTP API. */
@Command(
    name = "people",
    mixinStandardHelpOptions = true,
    description = "Who may use the pages and the HTTP API.",
    subcommands = {PeopleTokenCommand.class, PeopleRevokeCommand.class})
public final class PeopleCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say people token or people revoke");
  }
}
