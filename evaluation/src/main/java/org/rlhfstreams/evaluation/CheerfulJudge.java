package org.rlhfstreams.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.evaluation.annotator.Annotator;
import org.rlhfstreams.evaluation.annotator.CheerfulAnnotator;
import org.rlhfstreams.evaluation.annotator.Cheerfulness;
import org.rlhfstreams.evaluation.result.Outcome;
import org.rlhfstreams.events.Choice;

/** Lets the synthetic annotator compare, as it compares for training, its noise included. */
public final class CheerfulJudge implements Judge {
  private final Annotator annotator;
  private final Cheerfulness cheerfulness = new Cheerfulness();

  /**
   * @param seed of the annotator's noise
   */
  public CheerfulJudge(long seed) {
    this.annotator = new CheerfulAnnotator(seed);
  }

  @Override
  public String name() {
    return "the cheerful annotator";
  }

  @Override
  public String measure() {
    return "cheerfulness";
  }

  /** It reads texts: any model's will do. */
  @Override
  public void check() {}

  @Override
  public List<Verdict> judge(List<ResponsePair> pairs) {
    List<Verdict> verdicts = new ArrayList<>();
    for (ResponsePair pair : pairs) {
      verdicts.add(
          new Verdict(
              cheerfulness.of(pair.model().text()),
              cheerfulness.of(pair.baseline().text()),
              outcome(annotator.choose(pair.id(), pair.model().text(), pair.baseline().text()))));
    }
    return verdicts;
  }

  private static Outcome outcome(Choice choice) {
    return switch (choice) {
      case FIRST -> Outcome.WIN;
      case SECOND -> Outcome.LOSS;
      default -> Outcome.TIE;
    };
  }
}
