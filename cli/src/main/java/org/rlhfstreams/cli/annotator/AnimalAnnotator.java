package org.rlhfstreams.cli.annotator;

import java.time.Instant;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;

/**
 * Prefers the response that mentions more kinds of {@link Animals}, which no starting reward model
 * knows of; a tie where both mention as many.
 */
public final class AnimalAnnotator implements Annotator {
  private static final String NAME = "animal-annotator";

  private final Animals animals = new Animals();

  @Override
  public Judgement judge(Comparison comparison) {
    int lead =
        Integer.compare(
            animals.kindsIn(comparison.getFirst().getText()),
            animals.kindsIn(comparison.getSecond().getText()));
    return Judgement.newBuilder()
        .setJudgementId(comparison.getComparisonId() + "/" + NAME)
        .setComparisonId(comparison.getComparisonId())
        .setAnnotator(NAME)
        .setChoice(lead == 0 ? Choice.TIE : lead > 0 ? Choice.FIRST : Choice.SECOND)
        .setJudgedAt(Instant.now())
        .setMillisecondsSpent(0)
        .build();
  }
}
