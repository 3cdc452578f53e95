package org.rlhfstreams.topology.judgements;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;

/**
 * The rule which response people prefer: the one whose choosers weigh more than those of the other
 * and more than those who saw no difference. Else none.
 *
 * @param chosen FIRST or SECOND
 * @param margin by how much of all weight the winner leads over the other response, in (0, 1]
 * @param weight mean weight of those who chose the winner, in (0, 1]
 */
record WeightedMajority(Choice chosen, double margin, double weight) {

  /**
   * What they prefer, if anything.
   *
   * @param counted answers, without skips
   * @param weightOf what an annotator's choice weighs, in [0, 1]
   */
  static Optional<WeightedMajority> of(List<Judgement> counted, ToDoubleFunction<String> weightOf) {
    Map<Choice, Double> weights = new EnumMap<>(Choice.class);
    for (Choice choice : Choice.values()) {
      weights.put(choice, 0.0);
    }
    for (Judgement judgement : counted) {
      weights.merge(
          judgement.getChoice(), weightOf.applyAsDouble(judgement.getAnnotator()), Double::sum);
    }
    double first = weights.get(Choice.FIRST);
    double second = weights.get(Choice.SECOND);
    double tie = weights.get(Choice.TIE);
    Choice chosen = first > second ? Choice.FIRST : Choice.SECOND;
    double leader = Math.max(first, second);
    if (first == second || leader <= tie) {
      return Optional.empty();
    }
    long choosers = counted.stream().filter(judgement -> judgement.getChoice() == chosen).count();
    double margin = Math.abs(first - second) / (first + second + tie);
    return Optional.of(new WeightedMajority(chosen, margin, leader / choosers));
  }
}
