package org.rlhfstreams.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands on model directories. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    description = "Says what a model is, writes it in another form, and serves it.",
    subcommands = {
      ModelInfoCommand.class,
      ModelCreateCommand.class,
      ModelConvertCommand.class,
      ModelExportCommand.class,
      ModelMergeLoraCommand.class,
      ModelServeCommand.class
    })
public final class ModelCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say model info, create, convert, export, merge-lora or serve");
  }
}
