package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.DemoRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole loop in three minutes. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "The whole loop over real Kafka in about three minutes: a story model learns to be cheerful.")
public final class DemoCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where the run goes; by default runs/<time>. One that exists is continued.")
  private Path output;

  @Override
  public Integer call() throws Exception {
    return new DemoRun(options, Optional.ofNullable(output)).run();
  }
}
