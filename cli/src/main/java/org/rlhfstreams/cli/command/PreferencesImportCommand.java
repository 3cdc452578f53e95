package org.rlhfstreams.cli.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.DataOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.ImportCounts;
import org.rlhfstreams.cli.run.PreferenceImport;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Publishes files to the preferences topic. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Checks files and publishes the rows that the preferences topic does not have.")
public final class PreferencesImportCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;
  @Mixin private DataOptions reading;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = DataPaths.HELP)
  private List<String> files;

  @Override
  public Integer call() {
    PreferenceDataset data = reading.of(files);
    PreferenceImport.check(data, reading.strict());
    KafkaConnection connection =
        Cluster.connect(options.load(), Role.ANNOTATOR, System.out::println);
    ImportCounts counts = new PreferenceImport(connection).run(data);
    System.out.println(counts.text("preferences", connection.topics().preferences().name()));
    return 0;
  }
}
