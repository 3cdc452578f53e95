package org.rlhfstreams.cli.annotator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.WeightVersion;

final class CheerfulAnnotatorTest {
  private static ComparedResponse response(String text) {
    return ComparedResponse.newBuilder()
        .setRolloutId("r")
        .setText(text)
        .setTokenIds(List.of())
        .setVersion(new WeightVersion(0, 0L))
        .build();
  }

  private static Comparison comparison(int id, String first, String second) {
    return Comparison.newBuilder()
        .setComparisonId("c" + id)
        .setPromptId("p")
        .setPromptText("x")
        .setFirst(response(first))
        .setSecond(response(second))
        .setReason("test")
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

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
      Choice choice =
          annotator
              .judge(comparison(i, swapped ? plain : happy, swapped ? happy : plain))
              .getChoice();
      wins += choice == (swapped ? Choice.SECOND : Choice.FIRST) ? 1 : 0;
    }
    // the logistic function of 100/18 words is 0.996
    assertThat(wins).isBetween(485, 500);
  }

  @Test
  void theSameComparisonGetsTheSameAnswerAndEqualOnesTie() {
    CheerfulAnnotator annotator = new CheerfulAnnotator(1);
    Comparison comparison = comparison(1, "a happy day", "a sad and happy day of joy");
    assertThat(annotator.judge(comparison).getChoice())
        .isEqualTo(new CheerfulAnnotator(1).judge(comparison).getChoice());
    assertThat(annotator.judge(comparison(2, "a day", "a night")).getChoice())
        .isEqualTo(Choice.TIE);
  }
}
