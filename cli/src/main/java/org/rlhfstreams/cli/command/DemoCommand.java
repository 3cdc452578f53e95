package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.run.DemoRun;
import org.rlhfstreams.cli.run.DemoSettings;
import org.rlhfstreams.cli.run.PeopleRun;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole loop in three minutes. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "The whole loop over real Kafka in about three minutes: a story model learns to be"
            + " cheerful, or by --verifiable to do what it is asked for.")
public final class DemoCommand implements Callable<Integer> {
  @Mixin
  private ConfigurationOptions options =
      new ConfigurationOptions(CommandSettings.ALL_ROLES.with(DemoSettings.defaults()));

  @Mixin private TerminalOptions terminal;

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

  @Option(
      names = "--verifiable",
      description =
          "Learn from rules instead of a reward model: a story is right if it has the animal that"
              + " its prompt asks for.")
  private boolean verifiable;

  @Override
  public Integer call() throws Exception {
    Path directory = output == null ? newDirectory() : output;
    if (people && verifiable) {
      throw new ConfigurationException("--people and --verifiable are two demos: give one of them");
    }
    if (people) {
      return new PeopleRun(options, terminal, directory, !noAnnotator).run();
    }
    return verifiable
        ? DemoRun.verifiable(options, terminal, directory).run()
        : DemoRun.cheerful(options, terminal, directory).run();
  }

  private static Path newDirectory() {
    DateTimeFormatter format = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
    return Path.of("runs", LocalDateTime.now(ZoneId.systemDefault()).format(format));
  }
}
