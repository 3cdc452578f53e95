package org.rlhfstreams.cli.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.dataset.DataPaths;
import org.rlhfstreams.cli.dataset.DatasetSummary;
import org.rlhfstreams.cli.dataset.PreferenceDataset;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.PreferenceImport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes files to the preferences topic. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Checks files and publishes them to the preferences topic.")
public final class PreferencesImportCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "JSONL, JSON, CSV or Parquet, also .gz and patterns; - is standard input.")
  private List<String> files;

  @Option(
      names = "--map",
      paramLabel = "NAME=COLUMN",
      description = "The column that is meant by a name, such as chosen=better; may be repeated.")
  private Map<String, String> renames = new HashMap<>();

  @Option(
      names = "--strict",
      description = "Publish nothing where a row is bad; without it bad rows become dead letters.")
  private boolean strict;

  @Override
  public Integer call() {
    PreferenceDataset data = new PreferenceDataset(DataPaths.of(files, System.in), renames);
    DatasetSummary summary =
        new PreferenceImport(Cluster.connect(options.load(Map.of()), System.out::println))
            .run(data, strict);
    System.out.printf("published %,d preferences%n", summary.goodRows());
    return 0;
  }
}
