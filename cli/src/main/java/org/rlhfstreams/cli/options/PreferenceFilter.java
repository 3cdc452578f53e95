package org.rlhfstreams.cli.options;

import java.time.Instant;
import java.util.Optional;
import org.rlhfstreams.events.Preference;
import picocli.CommandLine.Option;

/** Which preferences of the log a command is about. */
public final class PreferenceFilter {
  @Option(
      names = "--source",
      paramLabel = "TEXT",
      description = "Those whose source begins so: a file's name, application/NAME.")
  private Optional<String> source = Optional.empty();

  @Option(
      names = "--annotator",
      paramLabel = "NAME",
      description = "Those that this person judged, alone or with others.")
  private Optional<String> annotator = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Those published at that time or later, such as 2026-05-01T00:00:00Z.")
  private Optional<Instant> since = Optional.empty();

  /** Whether a preference is meant. */
  public boolean takes(Preference preference) {
    return source.map(preference.getSource()::startsWith).orElse(true)
        && annotator.map(preference.getAnnotators()::contains).orElse(true)
        && since.map(time -> !preference.getCreatedAt().isBefore(time)).orElse(true);
  }
}
