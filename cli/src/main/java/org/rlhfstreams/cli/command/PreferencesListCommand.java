package org.rlhfstreams.cli.command;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.CommandSettings;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.PreferenceFilter;
import org.rlhfstreams.cli.run.HeldPreferences;
import org.rlhfstreams.cli.run.PreferenceKind;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the newest preferences of the log. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description =
        "Shows the newest preferences that hold, the newest first, and how many there are.")
public final class PreferencesListCommand implements Callable<Integer> {
  private static final int WIDTH = 96;

  @Mixin private ConfigurationOptions options = new ConfigurationOptions(CommandSettings.LOG);
  @Mixin private PreferenceFilter filter;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many are shown at most.")
  private int limit;

  @Override
  public Integer call() {
    KafkaConnection connection = new KafkaConnection(options.load());
    new BrokerWait(connection, System.err::println).await();
    PriorityQueue<Preference> newest =
        new PriorityQueue<>(Comparator.comparing(Preference::getCreatedAt));
    HeldPreferences preferences = new HeldPreferences(connection);
    long[] counts = {0, 0};
    preferences.forEach(
        preference -> {
          counts[0]++;
          if (filter.takes(preference)) {
            counts[1]++;
            newest.add(preference);
            if (newest.size() > limit) {
              newest.remove();
            }
          }
        });
    List<Preference> shown = new ArrayList<>();
    while (!newest.isEmpty()) {
      shown.add(newest.remove());
    }
    Collections.reverse(shown);
    shown.forEach(PreferencesListCommand::print);
    System.out.printf(
        Locale.ROOT,
        "%n%,d shown of %,d that were asked for; %,d preferences hold, %,d were taken back%n",
        shown.size(),
        counts[1],
        counts[0],
        preferences.withdrawn());
    return 0;
  }

  private static void print(Preference preference) {
    System.out.printf(
        "%s  %s  %s  %s%n",
        preference.getCreatedAt().truncatedTo(ChronoUnit.SECONDS),
        PreferenceKind.of(preference),
        preference.getSource(),
        preference.getPreferenceId());
    line("prompt", prompt(preference));
    if (preference.getRejected() == null) {
      line("response", preference.getChosen());
      if (preference.getLabel() != null) {
        line("label", preference.getLabel() ? "good" : "bad");
      }
    } else {
      line("chosen", preference.getChosen());
      line("rejected", preference.getRejected());
    }
  }

  private static void line(String name, String text) {
    System.out.printf("  %-8s  %s%n", name, shortened(text));
  }

  private static String prompt(Preference preference) {
    List<ChatMessage> messages = preference.getMessages();
    return messages.isEmpty()
        ? preference.getPrompt()
        : messages.get(messages.size() - 1).getContent();
  }

  private static String shortened(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.codePointCount(0, line.length()) <= WIDTH
        ? line
        : line.substring(0, line.offsetByCodePoints(0, WIDTH - 1)) + "…";
  }
}
