package org.rlhfstreams.scorers.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;

/** The page says of each kind and each setting what the registry says. */
final class ScorersPageTest {
  @Test
  void thePageHasEachKindAndEachSetting() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("..", "docs", "scorers.md"));
    for (ScorerKind kind : ScorerKinds.all()) {
      assertThat(lines).contains("## `" + kind.name() + "`");
      assertThat(lines).contains(kind.help());
      for (ScorerSetting setting : kind.settings()) {
        assertThat(lines).as("row of a setting of %s", kind.name()).contains(row(setting));
      }
    }
  }

  private static String row(ScorerSetting setting) {
    String value =
        setting.required()
            ? "needed"
            : setting.defaultText().isEmpty() ? "–" : "`" + setting.defaultText() + "`";
    return "| `" + setting.name() + "` | " + value + " | " + setting.help() + " |";
  }
}
