package org.rlhfstreams.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.evaluation.result.PageContent;
import org.rlhfstreams.evaluation.result.RescoreCounts;
import org.rlhfstreams.evaluation.result.RescoreResult;
import org.rlhfstreams.evaluation.result.RescoredRow;
import org.rlhfstreams.evaluation.result.RescoredText;

/** What people are told of an old and a new reward. */
final class RescoreResultTest {
  private static final String LONG = "Once upon a time\nthere was a fox " + "who ran ".repeat(40);

  private static List<RescoredRow> rows() {
    List<RescoredRow> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rows.add(new RescoredRow("r" + i + "/0", i, i, i == 7 ? 0 : 100 * i));
    }
    return rows;
  }

  private static RescoreResult result(
      String old, List<RescoredText> largest, List<RescoredRow> rows) {
    return RescoreResult.of(
        "judge",
        "judge-12ab34cd",
        old,
        "from beginning until end",
        new RescoreCounts(14, 10, 2, 2, 0, 2, Map.of("the service has answered 500", 2L)),
        largest,
        rows);
  }

  @Test
  void whatDiffersMostIsFoundWhateverTheScales() {
    RewardChange change = new RewardChange(rows());
    assertThat(change.largest(3)).hasSize(3).startsWith(7);
    assertThat(change.before(7)).isPositive();
    assertThat(change.now(7)).isNegative();
    assertThat(change.largest(100)).hasSize(10);
  }

  @Test
  void thePrintedTableIsShortAndTheFilesHaveAll() {
    RescoreResult result =
        result(
            "helpful + 2 × right",
            List.of(new RescoredText("r7/0", 7, 0, 0.8, -1.2, LONG, LONG)),
            rows());
    assertThat(result.lines()).allMatch(line -> line.length() <= 120);
    assertThat(String.join("\n", result.lines()))
        .contains("14 rollouts; 10 scored, 2 had a score, 2 refused")
        .contains("2 × the service has answered 500")
        .contains("2 have no score by all of helpful + 2 × right")
        .containsPattern("helpful \\+ 2 × right +10 +4\\.500 ±")
        .containsPattern("judge +10 +380\\.000 ± .* 0\\.7\\d\\d")
        .contains("+0.8 ->  -1.2  Once upon a time there was a fo…");
    assertThat(result.csv())
        .hasSize(11)
        .startsWith("rollout,step,before,now", "r0/0,0,0.0,0.0")
        .contains("r7/0,7,7.0,0.0");
    PageContent page = result.page();
    assertThat(page.title()).isEqualTo("judge against helpful + 2 × right");
    assertThat(page.examples())
        .singleElement()
        .satisfies(example -> assertThat(example.sides().get(0).text()).isEqualTo(LONG));
    assertThat(page.charts().get(0).x()).hasSize(10);
  }

  @Test
  void nothingToCompareWithIsSaidWithWhatHelps() {
    assertThat(result(null, List.of(), List.of()).lines())
        .last()
        .asString()
        .contains("--against NAME");
    assertThat(result("helpful", List.of(), List.of()).page().charts()).isEmpty();
  }

  @Test
  void aNameWithACommaStaysOneValue() {
    assertThat(result("helpful", List.of(), List.of(new RescoredRow("a,\"b\"/0", 0, 1, 2))).csv())
        .last()
        .isEqualTo("\"a,\"\"b\"\"/0\",0,1.0,2.0");
  }
}
