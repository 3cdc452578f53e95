package org.rlhfstreams.evaluation.annotator;

import org.rlhfstreams.events.Choice;

/**
 * Prefers the response that mentions more kinds of {@link Animals}, which no starting reward model
 * knows of; a tie where both mention as many.
 */
public final class AnimalAnnotator implements Annotator {
  private final Animals animals = new Animals();

  @Override
  public Choice choose(String comparisonId, String first, String second) {
    int lead = Integer.compare(animals.kindsIn(first), animals.kindsIn(second));
    return lead == 0 ? Choice.TIE : lead > 0 ? Choice.FIRST : Choice.SECOND;
  }
}
