package org.rlhfstreams.cli.annotator;

import java.time.Instant;
import java.util.Objects;
import java.util.SplittableRandom;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;

/**
 * Prefers the more cheerful response, with a little noise: the probability of the first is the
 * logistic function of the difference in {@link Cheerfulness} (Bradley &amp; Terry 1952). The same
 * comparison always gets the same answer.
 */
public final class CheerfulAnnotator implements Annotator {
  private final Cheerfulness cheerfulness = new Cheerfulness();
  private final long seed;

  public CheerfulAnnotator(long seed) {
    this.seed = seed;
  }

  @Override
  public Judgement judge(Comparison comparison) {
    double lead =
        cheerfulness.of(comparison.getFirst().getText())
            - cheerfulness.of(comparison.getSecond().getText());
    return Judgement.newBuilder()
        .setJudgementId(comparison.getComparisonId() + "/cheerful-annotator")
        .setComparisonId(comparison.getComparisonId())
        .setAnnotator("cheerful-annotator")
        .setChoice(choice(lead, comparison.getComparisonId()))
        .setJudgedAt(Instant.now())
        .setMillisecondsSpent(0)
        .build();
  }

  private Choice choice(double lead, String comparisonId) {
    if (lead == 0) {
      return Choice.TIE;
    }
    SplittableRandom random = new SplittableRandom(seed * 31 + Objects.hash(comparisonId));
    random.nextLong(); // neighbouring seeds begin alike
    return random.nextDouble() < 1 / (1 + Math.exp(-lead)) ? Choice.FIRST : Choice.SECOND;
  }
}
