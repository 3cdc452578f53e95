package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.ResultOptions;
import org.rlhfstreams.cli.run.Rescore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores again what is in the log. */
@Command(
    name = "rescore",
    mixinStandardHelpOptions = true,
    description =
        "Gives rollouts that are in the log (--from, --until) the scores of one more scorer, and"
            + " compares them with what the rollouts were rewarded for. The same command again"
            + " goes on where it ended.")
public final class RescoreCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.RESCORE);
  @Mixin private ResultOptions results;

  @Option(
      names = "--scorer",
      required = true,
      paramLabel = "NAME",
      description = "The scorer, by its name below rewards.")
  private String scorer;

  @Option(
      names = "--scorer-version",
      paramLabel = "TEXT",
      description =
          "Version of the scores: what has one by it gets no other. By default it follows from the"
              + " scorer's settings or model; give one if a service or a judge has changed.")
  private String version;

  @Option(
      names = "--against",
      paramLabel = "NAME",
      description =
          "Compare with the scores of this scorer that are in the log; with --scorer's own name,"
              + " with its earlier versions. By default with the weighted sum of the other rewards.")
  private String against;

  @Option(
      names = "--partition",
      paramLabel = "N",
      description = "Only this partition of rollouts; offset:N in --from and --until needs it.")
  private Integer partition;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Both rewards of each rollout, as comma-separated values.")
  private Path csv;

  @Option(
      names = "--temporary-directory",
      paramLabel = "DIRECTORY",
      description =
          "Of a temporary index, about 100 bytes a score of the log; by default the system's.")
  private Path temporary;

  @Override
  public Integer call() {
    return new Rescore(
            options,
            scorer,
            Optional.ofNullable(version),
            Optional.ofNullable(against),
            partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
            temporary == null ? Path.of(System.getProperty("java.io.tmpdir")) : temporary)
        .run(() -> results.files(Optional.ofNullable(csv)));
  }
}
