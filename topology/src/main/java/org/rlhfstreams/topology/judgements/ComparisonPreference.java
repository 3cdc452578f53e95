package org.rlhfstreams.topology.judgements;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.RevisionId;
import org.rlhfstreams.topology.ComparisonAnswers;

/**
 * The rule when the answers to a comparison are a preference: as many as it wants have come, and
 * they have a majority. Gold questions are for learning about people and never are one. An answer
 * of an annotation tool counts towards what is wanted, but has no vote here: its annotation is
 * published as a preference of its own.
 */
final class ComparisonPreference {
  private static final String SOURCE = "annotators";

  private ComparisonPreference() {}

  /** The preference, as of a time, if there is one. */
  static Optional<Preference> of(
      Comparison comparison,
      ComparisonAnswers answers,
      ToDoubleFunction<String> weightOf,
      Instant at) {
    List<Judgement> counted = answers.counted();
    if (comparison.getExpected() != null || counted.size() < comparison.getWantedJudgements()) {
      return Optional.empty();
    }
    List<Judgement> voting = voting(answers);
    return WeightedMajority.of(voting, weightOf)
        .map(majority -> preference(comparison, voting, majority, at));
  }

  private static List<Judgement> voting(ComparisonAnswers answers) {
    return answers.counted().stream()
        .filter(judgement -> RevisionId.parse(judgement.getJudgementId()).isEmpty())
        .toList();
  }

  private static Preference preference(
      Comparison comparison, List<Judgement> voting, WeightedMajority majority, Instant at) {
    boolean first = majority.chosen() == Choice.FIRST;
    ComparedResponse chosen = first ? comparison.getFirst() : comparison.getSecond();
    ComparedResponse rejected = first ? comparison.getSecond() : comparison.getFirst();
    boolean conversation = !comparison.getPromptMessages().isEmpty();
    return Preference.newBuilder()
        .setPreferenceId("comparison/" + comparison.getComparisonId())
        .setPrompt(conversation ? "" : comparison.getPromptText())
        .setMessages(comparison.getPromptMessages())
        .setTemplateVariables(conversation ? comparison.getPromptTemplateVariables() : null)
        .setChosen(chosen.getText())
        .setRejected(rejected.getText())
        .setMargin((float) majority.margin())
        .setWeight((float) majority.weight())
        .setSource(SOURCE)
        .setCreatedAt(at)
        .setComparisonId(comparison.getComparisonId())
        .setAnnotators(voting.stream().map(Judgement::getAnnotator).toList())
        .setChosenRolloutId(chosen.getRolloutId())
        .setRejectedRolloutId(rejected.getRolloutId())
        .build();
  }

  /**
   * Whether what was published still says what the answers say: the same response is chosen, and
   * nobody is named whose judgement was taken back.
   */
  static boolean holds(
      Preference published, Optional<Preference> decided, ComparisonAnswers answers) {
    List<String> annotators = voting(answers).stream().map(Judgement::getAnnotator).toList();
    return decided.isPresent()
        && decided.get().getChosenRolloutId().equals(published.getChosenRolloutId())
        && annotators.containsAll(published.getAnnotators());
  }
}
