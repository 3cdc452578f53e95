package org.rlhfstreams.topology.judgements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.rlhfstreams.topology.PeopleEvents.judgement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;

/** What an annotator weighs, and what weights decide. */
final class WeightsTest {
  private static final List<Choice> CHOICES = List.of(Choice.FIRST, Choice.SECOND, Choice.TIE);
  private static final AnnotatorWeight WEIGHT = new AnnotatorWeight(4);

  private static Optional<WeightedMajority> majority(Map<String, Double> weights, Choice... said) {
    List<Judgement> judgements = new ArrayList<>();
    for (Choice choice : said) {
      String annotator = "a" + judgements.size();
      judgements.add(judgement(annotator, "c", annotator, choice));
    }
    return WeightedMajority.of(judgements, annotator -> weights.getOrDefault(annotator, 1.0));
  }

  @Test
  void trustIsLostByWrongGoldAnswersOnly() {
    assertThat(WEIGHT.of(0, 0)).isEqualTo(1);
    assertThat(WEIGHT.of(20, 20)).isEqualTo(1);
    assertThat(WEIGHT.of(0, 1)).isCloseTo(0.6, within(1e-12));
    assertThat(WEIGHT.of(0, 4)).isZero();
    assertThat(WEIGHT.of(0, 40)).isZero();
    assertThat(WEIGHT.of(50, 100)).isCloseTo(2 * 54 / 104.0 - 1, within(1e-12));
  }

  @Property(tries = 300)
  void aRightAnswerNeverCostsWeightAndAWrongOneNeverGainsIt(
      @ForAll @IntRange(max = 1000) int right, @ForAll @IntRange(max = 1000) int wrong) {
    double weight = WEIGHT.of(right, right + wrong);
    assertThat(weight).isBetween(0.0, 1.0);
    assertThat(WEIGHT.of(right + 1, right + wrong + 1)).isGreaterThanOrEqualTo(weight);
    assertThat(WEIGHT.of(right, right + wrong + 1)).isLessThanOrEqualTo(weight);
  }

  @Test
  void theHeavierSideWins() {
    assertThat(majority(Map.of(), Choice.SECOND))
        .contains(new WeightedMajority(Choice.SECOND, 1, 1));
    assertThat(majority(Map.of(), Choice.FIRST, Choice.SECOND, Choice.FIRST, Choice.TIE))
        .contains(new WeightedMajority(Choice.FIRST, 0.25, 1));
    assertThat(
            majority(
                Map.of("a0", 0.9, "a1", 0.2, "a2", 0.2),
                Choice.FIRST,
                Choice.SECOND,
                Choice.SECOND))
        .get()
        .satisfies(
            winner -> {
              assertThat(winner.chosen()).isEqualTo(Choice.FIRST);
              assertThat(winner.margin()).isCloseTo(0.5 / 1.3, within(1e-12));
              assertThat(winner.weight()).isEqualTo(0.9);
            });
  }

  @Test
  void noDifferenceIsNoPreference() {
    assertThat(majority(Map.of(), Choice.TIE)).isEmpty();
    assertThat(majority(Map.of(), Choice.FIRST, Choice.SECOND)).isEmpty();
    assertThat(majority(Map.of(), Choice.FIRST, Choice.TIE)).isEmpty();
    assertThat(majority(Map.of("a0", 0.0), Choice.FIRST)).isEmpty();
  }

  @Property(tries = 300)
  void theWinnerIsTheSameWhicheverResponseIsCalledFirst(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 2) Integer> choices,
      @ForAll @Size(6) List<@DoubleRange(max = 1) Double> weights) {
    Choice[] said = choices.stream().map(i -> CHOICES.get(i)).toArray(Choice[]::new);
    Choice[] swapped =
        choices.stream().map(i -> CHOICES.get(i == 2 ? 2 : 1 - i)).toArray(Choice[]::new);
    Map<String, Double> byName = new HashMap<>();
    for (int i = 0; i < weights.size(); i++) {
      byName.put("a" + i, weights.get(i));
    }
    Optional<WeightedMajority> one = majority(byName, said);
    Optional<WeightedMajority> other = majority(byName, swapped);
    assertThat(one.map(WeightedMajority::margin)).isEqualTo(other.map(WeightedMajority::margin));
    assertThat(one.map(winner -> winner.chosen() == Choice.FIRST))
        .isEqualTo(other.map(winner -> winner.chosen() == Choice.SECOND));
    one.ifPresent(
        winner -> {
          assertThat(winner.margin()).isPositive().isLessThanOrEqualTo(1);
          assertThat(winner.weight()).isPositive().isLessThanOrEqualTo(1 + 1e-12);
        });
  }

  @Test
  void theOthersAreAskedWithoutOneself() {
    List<Judgement> counted =
        List.of(
            judgement("1", "c", "ann", Choice.FIRST),
            judgement("2", "c", "bob", Choice.SECOND),
            judgement("3", "c", "cem", Choice.SECOND));
    assertThat(MajorityOfOthers.of("ann", counted)).contains(Choice.SECOND);
    assertThat(MajorityOfOthers.of("bob", counted)).isEmpty();
    assertThat(MajorityOfOthers.of("ann", counted.subList(0, 1))).isEmpty();
  }
}
