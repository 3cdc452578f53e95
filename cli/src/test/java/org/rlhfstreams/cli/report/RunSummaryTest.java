package org.rlhfstreams.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunSummaryTest {
  @TempDir private Path directory;

  private static List<StepFigures> steps() {
    List<StepFigures> steps = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      steps.add(
          new StepFigures(
              i,
              Map.of(
                  "objective/scores",
                  (double) i,
                  "objective/scores_std",
                  3.0,
                  "objective/kl",
                  0.5 * i,
                  "response/length",
                  40.0),
              2.0 * i,
              0.8 - 0.01 * i));
    }
    return steps;
  }

  @Test
  void theFirstStepIsComparedWithTheLastTenth() {
    RunSummary summary = RunSummary.of(steps());
    assertThat(summary.rewardAfter()).isCloseTo(19.5, within(1e-9));
    assertThat(summary.rewardRise()).isCloseTo((19.5 - 1) / 3, within(1e-9));
    assertThat(summary.cheerfulnessBefore()).isEqualTo(2);
    assertThat(summary.cheerfulnessAfter()).isCloseTo(39, within(1e-9));
    assertThat(summary.klAfter()).isCloseTo(9.75, within(1e-9));
  }

  @Test
  void distinctTwoCountsPairsOfNeighbours() {
    assertThat(Distinct.two(List.of(List.of(1, 2, 3), List.of(1, 2))))
        .isCloseTo(2 / 3.0, within(1e-9));
    assertThat(Distinct.two(List.of(List.of(1)))).isZero();
  }

  @Test
  void aStoryCannotBreakOutOfTheReport() throws Exception {
    Path page = directory.resolve("report.html");
    List<StoryPair> stories =
        List.of(new StoryPair("Once", "</script><img src=x onerror=alert(1)>", "<b>bold</b>"));
    ReportPage.write(
        page, steps(), List.of(), RunSummary.of(steps()), List.of(), stories, "learner: {}");
    String html = Files.readString(page);
    assertThat(html)
        .contains("\\u003c/script>")
        .doesNotContain("<img src=x")
        .doesNotContain("page-data\"", "/*page-")
        .contains("uPlot")
        .doesNotContain("http://", "https://fonts");
  }
}
