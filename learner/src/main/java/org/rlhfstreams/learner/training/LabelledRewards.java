package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.data.LabelledResponse;

/**
 * Implicit rewards of labelled responses, and what they say together. Where both responses of a
 * pair are among them, also in which share of pairs the chosen one leads.
 */
final class LabelledRewards {
  private final List<Double> desirable = new ArrayList<>();
  private final List<Double> undesirable = new ArrayList<>();
  private final Map<String, Double> firstOfPair = new HashMap<>();
  private int pairs;
  private double led;

  void add(LabelledResponse response, double reward) {
    (response.desirable() ? desirable : undesirable).add(reward);
    Double other = firstOfPair.put(response.preferenceId(), reward);
    if (other != null) {
      pairs++;
      led += (response.desirable() ? reward > other : other > reward) ? 1 : 0;
    }
  }

  /** Means, by TRL's names; without those of a kind that is not there. */
  Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>();
    if (!desirable.isEmpty()) {
      figures.put("rewards/chosen", mean(desirable));
    }
    if (!undesirable.isEmpty()) {
      figures.put("rewards/rejected", mean(undesirable));
    }
    if (figures.size() == 2) {
      figures.put("rewards/margins", mean(desirable) - mean(undesirable));
    }
    if (pairs > 0) {
      figures.put("rewards/accuracies", led / pairs);
    }
    return figures;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
