package org.rlhfstreams.cli.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.DataOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.PreferenceImport;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.DatasetSummary;
import org.rlhfstreams.service.access.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Publishes files to the preferences topic. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Checks files and publishes them to the preferences topic.")
public final class PreferencesImportCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;
  @Mixin private DataOptions reading;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = DataPaths.HELP)
  private List<String> files;

  @Override
  public Integer call() {
    DatasetSummary summary =
        new PreferenceImport(Cluster.connect(options.load(), Role.ANNOTATOR, System.out::println))
            .run(reading.of(files), reading.strict());
    System.out.printf("published %,d preferences%n", summary.goodRows());
    return 0;
  }
}
