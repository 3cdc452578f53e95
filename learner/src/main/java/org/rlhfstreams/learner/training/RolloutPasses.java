package org.rlhfstreams.learner.training;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;

/**
 * Passes over the same rollouts.
 *
 * @param policy with values if the policy has a value head
 * @param value of a value model of its own
 */
record RolloutPasses(Pass policy, Optional<Pass> value) implements AutoCloseable {

  /** The policy's pass over rollouts, at the temperatures that they were sampled at. */
  static Pass policy(TrainableModel policy, List<ScoredSample> samples, boolean learnsEntropies) {
    double[] temperatures = samples.stream().mapToDouble(ScoredSample::temperature).toArray();
    return policy.tokenPass(rows(samples), temperatures, learnsEntropies);
  }

  static List<TokenRow> rows(List<ScoredSample> samples) {
    return samples.stream().map(ScoredSample::row).toList();
  }

  RolloutOutputs outputs() {
    return new RolloutOutputs(
        policy.logProbabilities(), policy.entropies(), value.orElse(policy).values());
  }

  void backward(PassGradients gradients) {
    policy.backward(
        value.isEmpty()
            ? gradients
            : new PassGradients(gradients.logProbabilities(), gradients.entropies(), null));
    value.ifPresent(pass -> pass.backward(PassGradients.ofValues(gradients.values())));
  }

  @Override
  public void close() {
    policy.close();
    value.ifPresent(Pass::close);
  }
}
