package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;

/**
 * Binary classifier optimisation on pairs (Jung et al. 2024, eq. 9): chosen rewards above, rejected
 * ones below the running mean of all rewards.
 */
final class BinaryClassifierLoss implements PreferenceLoss {
  private double mean;
  private double count;

  @Override
  public NDArray of(PairTerms pairs) {
    NDArray chosen = pairs.chosenRatio().mul(pairs.beta());
    NDArray rejected = pairs.rejectedRatio().mul(pairs.beta());
    take(chosen.toDoubleArray());
    take(rejected.toDoubleArray());
    NDArray above = LogSigmoid.of(chosen.sub(mean));
    NDArray below = LogSigmoid.of(rejected.sub(mean).neg());
    return above.add(below).neg();
  }

  private void take(double[] rewards) {
    count += rewards.length;
    mean += (Arrays.stream(rewards).sum() - rewards.length * mean) / count;
  }

  @Override
  public double[] memory() {
    return new double[] {mean, count};
  }

  @Override
  public void restore(double[] memory) {
    mean = memory[0];
    count = memory[1];
  }
}
