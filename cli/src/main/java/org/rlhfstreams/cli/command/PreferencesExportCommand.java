package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.PreferenceFilter;
import org.rlhfstreams.cli.run.HeldPreferences;
import org.rlhfstreams.cli.run.PreferenceKind;
import org.rlhfstreams.cli.run.PreferenceRow;
import org.rlhfstreams.datasets.JsonLineWriter;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the preferences of the log as a data set. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes the preferences that hold as JSON lines, as train, preferences import and TRL read"
            + " them; those that were taken back are left out.")
public final class PreferencesExportCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.LOG);
  @Mixin private PreferenceFilter filter;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where they go; gzipped where it ends in .gz. Standard output by default.")
  private Optional<Path> output;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "pair",
      description = "pair, label or demonstration. A file has rows of one kind.")
  private PreferenceKind kind;

  @Override
  public Integer call() {
    KafkaConnection connection = new KafkaConnection(options.load());
    new BrokerWait(connection, System.err::println).await();
    Map<PreferenceKind, Long> found = new EnumMap<>(PreferenceKind.class);
    HeldPreferences preferences = new HeldPreferences(connection);
    try (JsonLineWriter writer = JsonLineWriter.open(output)) {
      writer.begin();
      preferences.forEach(
          preference -> {
            if (filter.takes(preference)) {
              PreferenceKind one = PreferenceKind.of(preference);
              found.merge(one, 1L, Long::sum);
              if (one == kind) {
                writer.write(PreferenceRow.of(preference));
              }
            }
          });
      long written = found.getOrDefault(kind, 0L);
      found.remove(kind);
      System.err.printf(
          Locale.ROOT,
          "wrote %,d preferences of the kind %s to %s; %,d were taken back%n",
          written,
          kind,
          writer.target(),
          preferences.withdrawn());
      found.forEach(
          (other, count) ->
              System.err.printf(
                  Locale.ROOT, "%,d are of another kind: --kind %s writes them%n", count, other));
    }
    return 0;
  }
}
