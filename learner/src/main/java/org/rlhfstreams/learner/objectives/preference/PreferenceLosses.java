package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.rlhfstreams.learner.objectives.Scalars;

/** The direct losses by their names, and weighted sums of them. */
public final class PreferenceLosses {
  private static final Map<String, Supplier<PreferenceLoss>> BY_NAME = new LinkedHashMap<>();

  static {
    BY_NAME.put("sigmoid", SigmoidLoss::new);
    BY_NAME.put("ipo", IdentityLoss::new);
    BY_NAME.put("hinge", HingeLoss::new);
    BY_NAME.put("robust", RobustLoss::new);
    BY_NAME.put("cdpo", ConservativeLoss::new);
    BY_NAME.put("sigmoid_norm", NormalisedSigmoidLoss::new);
    BY_NAME.put("exo_pair", ExactPairLoss::new);
    BY_NAME.put("apo_zero", AnchoredLoss::new);
    BY_NAME.put("apo_down", AnchoredDownLoss::new);
    BY_NAME.put("bco_pair", BinaryClassifierLoss::new);
    BY_NAME.put("sft", SupervisedLoss::new);
  }

  private PreferenceLosses() {}

  /** A loss and its weight in a sum. */
  record Weighted(PreferenceLoss loss, double weight) {}

  /** A weighted sum of losses. */
  record Sum(List<Weighted> terms) {
    /** The loss of each pair, [pairs]. */
    NDArray of(PairTerms pairs) {
      NDArray loss = null;
      for (Weighted term : terms) {
        NDArray weighted = Scalars.times(term.loss().of(pairs), term.weight());
        loss = loss == null ? weighted : loss.add(weighted);
      }
      return loss;
    }
  }

  /**
   * Reads {@code sigmoid}, or a sum such as {@code sigmoid+0.2*sft}.
   *
   * @param smoothing share of wrong labels that the losses will reckon with
   * @throws IllegalArgumentException naming what is not known, or if a loss asks for a smoothing
   *     above 0
   */
  static Sum sum(String formula, double smoothing) {
    List<Weighted> terms = parse(formula);
    if (smoothing == 0 && terms.stream().anyMatch(term -> term.loss() instanceof ExactPairLoss)) {
      throw new IllegalArgumentException(
          "exo_pair takes the logarithm of the label smoothing: it must be above 0, for example"
              + " 0.001");
    }
    return new Sum(terms);
  }

  /** What a sum can be made of. */
  static Set<String> names() {
    return Collections.unmodifiableSet(BY_NAME.keySet());
  }

  /**
   * Reads {@code sigmoid}, or a sum such as {@code sigmoid+0.2*sft}.
   *
   * @throws IllegalArgumentException naming what is not known
   */
  static List<Weighted> parse(String formula) {
    List<Weighted> terms = new ArrayList<>();
    for (String term : formula.split("\\+", -1)) {
      String[] factors = term.strip().split("\\*", -1);
      String name = factors[factors.length - 1].strip();
      Supplier<PreferenceLoss> loss = BY_NAME.get(name);
      if (loss == null || factors.length > 2) {
        throw new IllegalArgumentException(
            "\"%s\" in loss \"%s\" is not known: say one of %s, or a sum such as sigmoid+0.2*sft"
                .formatted(term.strip(), formula, String.join(", ", names())));
      }
      terms.add(new Weighted(loss.get(), factors.length == 2 ? weight(factors[0], formula) : 1));
    }
    return terms;
  }

  private static double weight(String text, String formula) {
    try {
      double weight = Double.parseDouble(text.strip());
      if (Double.isFinite(weight)) {
        return weight;
      }
    } catch (NumberFormatException e) {
      // named below
    }
    throw new IllegalArgumentException(
        "\"%s\" in loss \"%s\" is not a weight: give a number".formatted(text.strip(), formula));
  }
}
