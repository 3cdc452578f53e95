package org.rlhfstreams.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands on topics. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = "Creates or describes the topics and their schemas, and says who may use them.",
    subcommands = {TopicsCreateCommand.class, TopicsDescribeCommand.class, TopicsAclsCommand.class})
public final class TopicsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say topics create, topics describe or topics acls");
  }
}
