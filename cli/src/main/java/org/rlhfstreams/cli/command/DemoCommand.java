package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.DemoRun;
import org.rlhfstreams.cli.run.PeopleRun;
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

  @Option(
      names = "--people",
      description =
          "Open the pages: people judge what the model writes, and it learns from them while they do.")
  private boolean people;

  @Option(
      names = "--no-annotator",
      description = "With --people: leave out the program that judges for those who only watch.")
  private boolean noAnnotator;

  @Override
  public Integer call() throws Exception {
    Path directory = output == null ? newDirectory() : output;
    return people
        ? new PeopleRun(options, directory, !noAnnotator).run()
        : new DemoRun(options, directory).run();
  }

  private static Path newDirectory() {
    DateTimeFormatter format = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
    return Path.of("runs", LocalDateTime.now(ZoneId.systemDefault()).format(format));
  }
}
