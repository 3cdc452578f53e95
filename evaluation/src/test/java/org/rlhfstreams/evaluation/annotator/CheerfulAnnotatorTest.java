package org.rlhfstreams.evaluation.annotator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.Choice;

final class CheerfulAnnotatorTest {
  @Test
  void cheerfulnessIsABalancePerHundredWords() {
    Cheerfulness cheerfulness = new Cheerfulness();
    assertThat(cheerfulness.of("They smiled and danced.")).isCloseTo(50, within(1e-9));
    assertThat(cheerfulness.of("He cried. She SMILED!")).isZero();
    assertThat(cheerfulness.of("Tom was sad")).isCloseTo(-100.0 / 3, within(1e-9));
    assertThat(cheerfulness.of("")).isZero();
  }

  @Test
  void theMoreCheerfulOneUsuallyWinsOnEitherSide() {
    CheerfulAnnotator annotator = new CheerfulAnnotator(1);
    int wins = 0;
    String happy = "the dog and the cat ran to the big house and then they all smiled at the moon";
    String plain = "the dog and the cat ran to the big house and then they all looked at the moon";
    for (int i = 0; i < 500; i++) {
      boolean swapped = i % 2 == 1;
      Choice choice = annotator.choose("c" + i, swapped ? plain : happy, swapped ? happy : plain);
      wins += choice == (swapped ? Choice.SECOND : Choice.FIRST) ? 1 : 0;
    }
    // the logistic function of 100/18 words is 0.996
    assertThat(wins).isBetween(485, 500);
  }

  @Test
  void theSameComparisonGetsTheSameAnswerAndEqualOnesTie() {
    CheerfulAnnotator annotator = new CheerfulAnnotator(1);
    String first = "a happy day";
    String second = "a sad and happy day of joy";
    assertThat(annotator.choose("c1", first, second))
        .isEqualTo(new CheerfulAnnotator(1).choose("c1", first, second));
    assertThat(annotator.choose("c2", "a day", "a night")).isEqualTo(Choice.TIE);
  }
}
