package org.rlhfstreams.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Prompt;

/** What a row is told by. */
final class RowIdentityTest {
  private static final String PAIR =
      "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\", \"margin\": 1}";

  @TempDir private Path directory;

  private List<String> prompts(String name, String... lines) throws IOException {
    return read(Files.write(directory.resolve(name), List.of(lines))).stream()
        .map(Prompt::getPromptId)
        .toList();
  }

  private static List<Prompt> read(Path file) {
    List<Prompt> prompts = new ArrayList<>();
    new PromptDataset(List.of(file), Map.of()).forEach(prompts::add);
    return prompts;
  }

  private String preference(UnaryOperator<String> change) throws IOException {
    Path file = Files.writeString(directory.resolve("a.jsonl"), change.apply(PAIR));
    String[] id = {""};
    new PreferenceDataset(List.of(file), Map.of())
        .forEach(preference -> id[0] = preference.getPreferenceId(), bad -> {});
    return id[0];
  }

  @Test
  void aRowKeepsItsIdentityWhereverItStands() throws IOException {
    List<String> before = prompts("a.txt", "One", "Two");
    assertThat(prompts("a.txt", "Zero", "Two", "", "One"))
        .endsWith(before.get(1), before.get(0))
        .doesNotHaveDuplicates();
    assertThat(prompts("a.jsonl", "{\"prompt\": \"One\"}")).doesNotContainAnyElementsOf(before);
  }

  @Test
  void anIdentityIsTheSameInEveryRelease() throws IOException {
    assertThat(prompts("a.txt", "One")).containsExactly("a.txt:734bf8be3be7ed2dd557f8cb");
    assertThat(preference(row -> row)).isEqualTo("a.jsonl:89da9f0662e0ef0dd28f30c8");
  }

  @Test
  void rowsThatSayTheSameAreCounted() throws IOException {
    String one = prompts("a.txt", "One").get(0);
    assertThat(prompts("a.txt", "One", "One", "Two", "One"))
        .startsWith(one, one + "-2")
        .endsWith(one + "-3");
    assertThat(RowIdentity.parse(one + "-2"))
        .hasValueSatisfying(identity -> assertThat(identity.text()).isEqualTo(one + "-2"));
  }

  @Test
  void everythingThatIsLearnedFromMakesADifference() throws IOException {
    String before = preference(row -> row);
    assertThat(preference(row -> row)).isEqualTo(before);
    assertThat(preference(row -> row.replace("}", ", \"comment\": \"x\"}"))).isEqualTo(before);
    assertThat(preference(row -> row.replace("\"p\"", "\"q\""))).isNotEqualTo(before);
    assertThat(preference(row -> row.replace("\"a\"", "\"c\""))).isNotEqualTo(before);
    assertThat(preference(row -> row.replace("\"b\"", "\"c\""))).isNotEqualTo(before);
    assertThat(preference(row -> row.replace("1", "2"))).isNotEqualTo(before);
    assertThat(preference(row -> row.replace(", \"margin\": 1", ""))).isNotEqualTo(before);
  }

  @Test
  void anIdThatIsNoRowsHasNone() {
    assertThat(RowIdentity.parse("opening-6")).isEmpty();
    assertThat(RowIdentity.parse("a.txt:33")).isEmpty();
    assertThat(RowIdentity.parse("comparison/a/0|b/0")).isEmpty();
  }

  @Test
  void aRowThatIsNamedByItsNumberGetsTheIdentityOfToday() throws IOException {
    Prompt today = read(Files.writeString(directory.resolve("a.txt"), "One")).get(0);
    Prompt numbered = Prompt.newBuilder(today).setPromptId("a.txt:1").setSource("a.txt:1").build();
    assertThat(new RowIdentities().of(numbered)).isEqualTo(new RowIdentities().of(today));
    Prompt application = Prompt.newBuilder(numbered).setSource("application").build();
    assertThat(new RowIdentities().of(application)).isEmpty();
  }

  @Test
  void anIdIsTakenApartOnlyIfItIsOneOfARow() {
    String row = "0123456789abcdef01234567";
    assertThat(RowIdentity.parse("a:b\n.jsonl:" + row))
        .contains(new RowIdentity("a:b\n.jsonl", row));
    assertThat(RowIdentity.parse("a.jsonl:" + row + "-12"))
        .contains(new RowIdentity("a.jsonl", row + "-12"));
    for (String other :
        new String[] {
          ":" + row,
          row,
          "a:" + row.substring(1),
          "a:" + row + "8",
          "a:" + row + "-",
          "a:" + row + "-1x",
          "a:" + row.toUpperCase(Locale.ROOT),
          "a:33",
          ""
        }) {
      assertThat(RowIdentity.parse(other)).as(other).isEmpty();
    }
  }
}
