package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.DataOptions;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.LabelStudioImport;
import org.rlhfstreams.cli.run.PreferenceImport;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes files to the preferences topic. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Checks files and publishes the rows that the preferences topic does not have.")
public final class PreferencesImportCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.TOPICS);
  @Mixin private DataOptions reading;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = DataPaths.HELP)
  private List<String> files;

  @Option(
      names = "--application",
      paramLabel = "NAME",
      description =
          "For exports of Label Studio: the name of the token that its webhook sends; by default"
              + " the one that its annotations have come from.")
  private Optional<String> application;

  @Override
  public Integer call() {
    RlhfConfiguration configuration = options.load();
    List<Path> all = DataPaths.of(files, System.in);
    Map<Boolean, List<Path>> byKind =
        all.stream().collect(Collectors.partitioningBy(LabelStudioImport::isExport));
    LabelStudioImport annotations = new LabelStudioImport(byKind.get(true));
    PreferenceDataset data = reading.read(byKind.get(false));
    annotations.check(reading.strict());
    if (!byKind.get(false).isEmpty()) {
      PreferenceImport.check(data, reading.strict());
    }
    KafkaConnection connection =
        Cluster.connect(configuration, Role.ANNOTATOR, System.out::println);
    String topic = connection.topics().preferences().name();
    if (!byKind.get(true).isEmpty()) {
      System.out.println(annotations.run(connection, application).text("annotations", topic));
    }
    if (!byKind.get(false).isEmpty()) {
      System.out.println(new PreferenceImport(connection).run(data).text("preferences", topic));
    }
    return 0;
  }
}
