package org.rlhfstreams.cli.help;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.cli.command.RlhfCommand;
import org.rlhfstreams.cli.options.OptionSynonyms;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import picocli.CommandLine.Model.CommandSpec;

/** Each line of docs/cli/trl.md is tried: TRL's name leads to ours, and ours sets what is said. */
final class TrlPageTest {
  private static final Path PAGE = Path.of("..", "docs", "cli", "trl.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `(--[^`]+)` \\| `([^`]+)` \\| (\\S+) \\| (.+) \\|");
  private static final Pattern SETS = Pattern.compile("`([a-z-]+\\.[a-z0-9-]+) = ([^`]+)`");

  @Test
  void everyLineIsTaken() throws IOException {
    Set<String> theirs = new HashSet<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        theirs.add(name(row.group(1)));
        assertAdvised(row.group(3), name(row.group(1)), name(row.group(2)));
        assertSets(row.group(3), row.group(2), row.group(4));
      }
    }
    assertThat(theirs).hasSizeGreaterThanOrEqualTo(40);
  }

  private static String name(String option) {
    return option.replaceFirst(" .*", "");
  }

  /** Who writes their name in this command reads ours, or it is the same. */
  private static void assertAdvised(String objective, String theirs, String ours) {
    CommandSpec train = RlhfCommand.commandLine().getSubcommands().get("train").getCommandSpec();
    CommandSpec command = train.subcommands().get(objective).getCommandSpec();
    assertThat(OptionSynonyms.ours(theirs, command).map(command::findOption))
        .as("%s of train %s", theirs, objective)
        .contains(command.findOption(ours));
  }

  private static void assertSets(String objective, String ours, String remark) {
    List<String> words = new ArrayList<>(List.of("train", objective));
    words.addAll(Arrays.asList(ours.split(" ", -1)));
    if (!words.contains("--model")) {
      words.addAll(List.of("--model", "M"));
    }
    if (!words.contains("--output")) {
      words.addAll(List.of("--output", "O"));
    }
    words.add("--print-config");
    Map<String, String> effective = PrintedConfigurations.of(words);
    Map<String, String> usual = RlhfConfiguration.of(Map.of()).values();
    Matcher sets = SETS.matcher(remark);
    while (sets.find()) {
      String key = sets.group(1);
      assertThat(effective).as(ours).containsEntry(key, sets.group(2));
      assertThat(usual).as("%s says something", ours).doesNotContainEntry(key, sets.group(2));
    }
  }
}
