package org.rlhfstreams.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands on prompts. */
@Command(
    name = "prompts",
    mixinStandardHelpOptions = true,
    description = "Publishes prompts.",
    subcommands = {PromptsImportCommand.class})
public final class PromptsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say prompts import FILE");
  }
}
