package org.rlhfstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.topology.PeopleEvents.judgement;
import static org.rlhfstreams.topology.PeopleEvents.withdrawn;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;

final class ComparisonAnswersTest {
  private static final ComparisonAnswers NONE = new ComparisonAnswers(List.of());

  @Test
  void aSkipStandsButIsNoAnswer() {
    ComparisonAnswers answers = NONE.with(judgement("1", "c", "ann", Choice.SKIP));
    assertThat(answers.standing()).hasSize(1);
    assertThat(answers.counted()).isEmpty();
    assertThat(answers.effect(judgement("2", "c", "ann", Choice.TIE)))
        .isEqualTo(ComparisonAnswers.Effect.SECOND);
  }

  @Test
  void whoTakesAJudgementBackMayJudgeAgain() {
    Judgement first = judgement("1", "c", "ann", Choice.FIRST);
    ComparisonAnswers answers =
        NONE.with(first).with(withdrawn(first)).with(judgement("2", "c", "ann", Choice.SECOND));
    assertThat(answers.counted()).extracting(Judgement::getJudgementId).containsExactly("2");
    assertThat(answers.effect(first)).isEqualTo(ComparisonAnswers.Effect.REPEATED);
  }

  @Test
  void aJudgementThatWasTakenBackBeforeItCameNeverCounts() {
    Judgement first = judgement("1", "c", "ann", Choice.FIRST);
    assertThat(NONE.with(withdrawn(first)).with(first).standing()).isEmpty();
  }

  @Property(tries = 300)
  void everyIdAndEveryPersonCountsOnce(@ForAll("sequences") List<Judgement> judgements) {
    ComparisonAnswers answers = NONE;
    for (Judgement judgement : judgements) {
      answers = answers.with(judgement);
      assertThat(answers.with(judgement)).isEqualTo(answers);
    }
    assertThat(answers.all()).extracting(Judgement::getJudgementId).doesNotHaveDuplicates();
    assertThat(answers.standing()).extracting(Judgement::getAnnotator).doesNotHaveDuplicates();
    List<String> takenBack =
        judgements.stream()
            .filter(Judgement::getWithdrawn)
            .map(Judgement::getJudgementId)
            .distinct()
            .toList();
    assertThat(answers.standing())
        .noneMatch(judgement -> takenBack.contains(judgement.getJudgementId()));
  }

  @Provide
  Arbitrary<List<Judgement>> sequences() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 8),
            Arbitraries.of("ann", "bob", "cem"),
            Arbitraries.of(Choice.class),
            Arbitraries.of(true, false, false))
        .as(
            (id, annotator, choice, taken) -> {
              Judgement judgement = judgement(String.valueOf(id), "c", annotator, choice);
              return taken ? withdrawn(judgement) : judgement;
            })
        .list()
        .ofMaxSize(20);
  }
}
