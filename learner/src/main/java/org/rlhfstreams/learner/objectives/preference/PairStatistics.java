package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Map;

/** What objectives on pairs say of their rewards and log-probabilities. */
final class PairStatistics {
  private PairStatistics() {}

  /** Adds means, margin and accuracy of rewards, each [pairs]. */
  static void put(Map<String, NDArray> statistics, NDArray chosen, NDArray rejected) {
    NDArray margins = chosen.sub(rejected);
    statistics.put("rewards/chosen", chosen.mean());
    statistics.put("rewards/rejected", rejected.mean());
    statistics.put("rewards/margins", margins.mean());
    statistics.put("rewards/accuracies", margins.gt(0).toType(DataType.FLOAT64, false).mean());
  }

  /** Adds means of the responses' log-probabilities, each [pairs]. */
  static void putLogProbabilities(
      Map<String, NDArray> statistics, NDArray chosen, NDArray rejected) {
    statistics.put("logps/chosen", chosen.mean());
    statistics.put("logps/rejected", rejected.mean());
  }
}
