package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.report.CurvesPage;
import org.rlhfstreams.cli.report.RecordedRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The curves of runs, over each other. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Draws the curves of runs over each other, with the settings in which they differ, on a page"
            + " that needs no network.")
public final class ReportCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = "Directories of runs: the --output of demo, train, replay or a learner.")
  private List<Path> directories;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      defaultValue = "curves.html",
      description = "Page to write.")
  private Path output;

  @Override
  public Integer call() {
    List<RecordedRun> runs = new ArrayList<>();
    for (Path directory : directories) {
      RecordedRun run = RecordedRun.read(directory);
      if (run.steps().isEmpty()) {
        throw new CommandException(directory + " has no step yet: wait for the first one");
      }
      System.out.printf(
          Locale.ROOT,
          "%s: %s%d %s%n",
          directory,
          run.objective().isEmpty() ? "" : run.objective() + ", ",
          run.steps().size(),
          run.steps().size() == 1 ? "step" : "steps");
      runs.add(run);
    }
    CurvesPage.write(output, runs);
    System.out.println("report " + output);
    return 0;
  }
}
