package org.rlhfstreams.cli.help;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.cli.command.RlhfCommand;

/** The pages of docs/cli say what the commands say. */
final class CommandPagesTest {
  private static final Path DIRECTORY = Path.of("..", "docs", "cli");
  private static final Set<String> BY_HAND = Set.of("trl.md");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");

  /** With {@code -Drlhf.write-pages=true} the pages are written in place of being compared. */
  @Test
  void pagesAreThoseOfTheCommands() throws IOException {
    Map<String, String> pages = CommandPage.all(RlhfCommand.commandLine());
    if (Boolean.getBoolean("rlhf.write-pages")) {
      for (String old : written()) {
        Files.delete(DIRECTORY.resolve(old));
      }
      for (Map.Entry<String, String> page : pages.entrySet()) {
        Files.writeString(DIRECTORY.resolve(page.getKey()), page.getValue());
      }
    }
    assertThat(written()).isEqualTo(pages.keySet());
    for (Map.Entry<String, String> page : pages.entrySet()) {
      assertThat(Files.readString(DIRECTORY.resolve(page.getKey())))
          .as(page.getKey() + "; -Drlhf.write-pages=true writes it again")
          .isEqualTo(page.getValue());
    }
  }

  private static Set<String> written() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !BY_HAND.contains(name))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      for (Path file : files.toList()) {
        Matcher links = LINK.matcher(Files.readString(file));
        while (links.find()) {
          assertThat(DIRECTORY.resolve(links.group(1))).as(file.toString()).exists();
        }
      }
    }
  }
}
