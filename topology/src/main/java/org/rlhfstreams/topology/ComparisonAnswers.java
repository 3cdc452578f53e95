package org.rlhfstreams.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;

/**
 * What people answered to one comparison, and the rule which of it counts: a judgement id once, a
 * person once, nothing that was taken back. A skip stands, so that its author is not asked again,
 * but is no answer.
 *
 * @param all one for each judgement id, in the order of their arrival, each as it stands now
 */
public record ComparisonAnswers(List<Judgement> all) {
  /** What a judgement does to the answers. */
  public enum Effect {
    /** It is one more. */
    ADDED,
    /** It takes one back; from now on its id never counts. */
    TAKEN_BACK,
    /** Nothing: it is known already. */
    REPEATED,
    /** Nothing: its annotator has another judgement that stands. */
    SECOND
  }

  /** Copies the list. */
  public ComparisonAnswers {
    all = List.copyOf(all);
  }

  /** What a judgement would do. */
  public Effect effect(Judgement judgement) {
    Optional<Judgement> known = known(judgement);
    if (judgement.getWithdrawn()) {
      return known.isPresent() && known.get().getWithdrawn() ? Effect.REPEATED : Effect.TAKEN_BACK;
    }
    if (known.isPresent()) {
      return Effect.REPEATED;
    }
    boolean second =
        standing().stream()
            .anyMatch(other -> other.getAnnotator().equals(judgement.getAnnotator()));
    return second ? Effect.SECOND : Effect.ADDED;
  }

  /** The answers after a judgement; the same where it does nothing. */
  public ComparisonAnswers with(Judgement judgement) {
    Effect effect = effect(judgement);
    if (effect == Effect.REPEATED || effect == Effect.SECOND) {
      return this;
    }
    List<Judgement> after = new ArrayList<>(all);
    // What is taken back stays in its place, so that it never counts again; its author's words go.
    Optional<Judgement> known = known(judgement);
    if (known.isPresent()) {
      after.set(all.indexOf(known.get()), takenBack(known.get()));
    } else {
      after.add(judgement.getWithdrawn() ? takenBack(judgement) : judgement);
    }
    return new ComparisonAnswers(after);
  }

  private static Judgement takenBack(Judgement judgement) {
    return Judgement.newBuilder(judgement).setWithdrawn(true).setComment(null).build();
  }

  private Optional<Judgement> known(Judgement judgement) {
    return all.stream()
        .filter(other -> other.getJudgementId().equals(judgement.getJudgementId()))
        .findFirst();
  }

  /** Those not taken back, skips included. */
  public List<Judgement> standing() {
    return all.stream().filter(judgement -> !judgement.getWithdrawn()).toList();
  }

  /** Those that count towards what a comparison wants. */
  public List<Judgement> counted() {
    return standing().stream().filter(judgement -> judgement.getChoice() != Choice.SKIP).toList();
  }
}
