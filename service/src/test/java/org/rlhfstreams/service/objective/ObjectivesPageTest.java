package org.rlhfstreams.service.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code docs/objectives} says what the registry says. */
final class ObjectivesPageTest {
  private static final Path PAGES = Path.of("..", "docs", "objectives");

  private static String table() {
    return Stream.concat(
            Stream.of(
                "| objective | what it is | learns from | needs | settings |",
                "|---|---|---|---|---|"),
            Arrays.stream(TrainingObjective.values())
                .sorted(Comparator.comparing(objective -> !objective.learnsFromRollouts()))
                .map(ObjectivesPageTest::row))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String row(TrainingObjective objective) {
    return "| [%1$s](%1$s.md) | %2$s | %3$s | %4$s | %5$s |"
        .formatted(
            objective.text(),
            objective.help(),
            words(objective.examples()),
            listed(
                Arrays.stream(AuxiliaryModel.values())
                    .filter(objective::needs)
                    .map(ObjectivesPageTest::words)),
            listed(objective.sections().stream().map(section -> "`" + section.key() + ".…`")));
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String listed(Stream<String> items) {
    String list = items.collect(Collectors.joining(", "));
    return list.isEmpty() ? "–" : list;
  }

  @Test
  void theTableOfObjectivesIsTheRegistry() throws IOException {
    assertThat(Files.readString(PAGES.resolve("README.md")))
        .as("put this table into docs/objectives/README.md:\n%s", table())
        .contains(table());
  }

  @ParameterizedTest
  @EnumSource
  void anObjectiveHasAPage(TrainingObjective objective) {
    assertThat(PAGES.resolve(objective.text() + ".md")).isRegularFile();
  }
}
