package org.rlhfstreams.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands on preference data. */
@Command(
    name = "preferences",
    mixinStandardHelpOptions = true,
    description = "Makes, publishes and shows preference data.",
    subcommands = {
      PreferencesExportCommand.class,
      PreferencesImportCommand.class,
      PreferencesListCommand.class,
      PreferencesSynthesizeCommand.class
    })
public final class PreferencesCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name what to do; rlhf preferences --help lists it");
  }
}
