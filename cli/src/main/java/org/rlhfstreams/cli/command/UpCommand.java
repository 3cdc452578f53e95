package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.HeldOutOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.run.UpRun;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.PromptDataset;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Everything in one JVM. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Everything in one process, from rlhf.yaml; started again, it continues.")
public final class UpCommand implements Callable<Integer> {
  @Mixin
  private ConfigurationOptions options =
      new ConfigurationOptions(CommandSettings.ALL_ROLES.with(UpRun.defaults()));

  @Mixin private TerminalOptions terminal;

  @Option(
      names = "--data-directory",
      defaultValue = "rlhf-data",
      paramLabel = "DIR",
      description = "Log, checkpoints and results.")
  private Path data;

  @Option(
      names = "--port",
      defaultValue = "9092",
      paramLabel = "N",
      description = "Port of the embedded broker; 0 picks a free one.")
  private int port;

  @Option(
      names = "--registry-port",
      defaultValue = "8081",
      paramLabel = "N",
      description = "Port of the embedded schema registry; 0 picks a free one.")
  private int registryPort;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "Prompts that a new run begins with; without --prompts it gets story openings. A run that"
              + " goes on may leave it out.")
  private String prompts;

  @Mixin private HeldOutOptions heldOut;

  @Override
  public Integer call() throws Exception {
    Optional<PromptDataset> files =
        Optional.ofNullable(prompts)
            .map(name -> new PromptDataset(DataPaths.of(List.of(name), System.in), Map.of()));
    return new UpRun(options, terminal, data, port, registryPort, files, heldOut).run();
  }
}
