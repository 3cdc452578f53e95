package org.rlhfstreams.cli.evaluation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rlhfstreams.cli.annotator.Annotator;
import org.rlhfstreams.cli.annotator.CheerfulAnnotator;
import org.rlhfstreams.cli.annotator.Cheerfulness;
import org.rlhfstreams.cli.evaluation.result.Outcome;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.WeightVersion;

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
              outcome(annotator.judge(comparison(pair)).getChoice())));
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

  private static Comparison comparison(ResponsePair pair) {
    return Comparison.newBuilder()
        .setComparisonId(pair.id())
        .setPromptId(pair.id())
        .setPromptText(pair.model().promptText())
        .setFirst(response(pair.id() + "/model", pair.model()))
        .setSecond(response(pair.id() + "/baseline", pair.baseline()))
        .setReason("evaluation")
        .setCreatedAt(Instant.now())
        .build();
  }

  private static ComparedResponse response(String id, SampledResponse response) {
    return ComparedResponse.newBuilder()
        .setRolloutId(id)
        .setText(response.text())
        .setTokenIds(Arrays.stream(response.tokenIds()).boxed().toList())
        .setVersion(new WeightVersion(0, 0L))
        .build();
  }
}
