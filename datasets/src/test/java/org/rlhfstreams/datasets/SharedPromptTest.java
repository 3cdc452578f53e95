package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.events.Preference;

/** Pairs without a prompt of their own are cut where TRL's extract_prompt cuts them. */
final class SharedPromptTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "A: 😀 glad|A: 😢 sad|A:| 😀 glad| 😢 sad",
        "A: 🇫🇷|A: 🇫🇮|A: 🇫|🇷|🇮",
        "A: café|A: cafe|A: caf|é|e",
        "A: blue|A: grey|A:| blue| grey",
        // one begins with the other: its last character is the answer
        "A: big|A: big and wide|A: bi|g|g and wide",
        "A: big and wide|A: big|A: bi|g and wide|g",
        "A: so 😀|A: so 😀!|A: so |😀|😀!",
        "A: 👍🏽|A: 👍🏿|A: 👍|🏽|🏿",
      })
  void bothBeginWithThePrompt(
      String one, String other, String prompt, String chosen, String rejected) throws IOException {
    Path file = directory.resolve("pairs.jsonl");
    Files.writeString(file, "{\"chosen\": \"%s\", \"rejected\": \"%s\"}".formatted(one, other));
    List<Preference> read = new ArrayList<>();
    List<BadRow> bad = new ArrayList<>();
    new PreferenceDataset(List.of(file), Map.of()).forEach(read::add, bad::add);
    assertThat(bad).isEmpty();
    assertThat(read)
        .singleElement()
        .returns(prompt, Preference::getPrompt)
        .returns(chosen, Preference::getChosen)
        .returns(rejected, Preference::getRejected);
  }
}
