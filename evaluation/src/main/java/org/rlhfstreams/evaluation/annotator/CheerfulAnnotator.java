package org.rlhfstreams.evaluation.annotator;

import java.util.Objects;
import java.util.SplittableRandom;
import org.rlhfstreams.events.Choice;

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
  public Choice choose(String comparisonId, String first, String second) {
    double lead = cheerfulness.of(first) - cheerfulness.of(second);
    if (lead == 0) {
      return Choice.TIE;
    }
    SplittableRandom random = new SplittableRandom(seed * 31 + Objects.hash(comparisonId));
    random.nextLong(); // neighbouring seeds begin alike
    return random.nextDouble() < 1 / (1 + Math.exp(-lead)) ? Choice.FIRST : Choice.SECOND;
  }
}
