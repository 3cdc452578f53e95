package org.rlhfstreams.people.live;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * What the steps of the newest run measured, and beside it those of the reward model that learns
 * along.
 */
public final class TrainingView {
  private static final int MOST = 5_000;

  private final List<Step> policy = new ArrayList<>();
  private final List<Step> reward = new ArrayList<>();

  /**
   * One step.
   *
   * @param values metric by name; finite alone
   */
  public record Step(
      String run,
      String objective,
      WeightVersion version,
      Instant measuredAt,
      Map<String, Double> values) {
    public Step {
      values = Collections.unmodifiableMap(new TreeMap<>(values));
    }
  }

  /** A record of the topic. Returns it as it is kept. */
  public synchronized Step apply(StepMetrics metrics) {
    Map<String, Double> finite = new TreeMap<>(metrics.getValues());
    finite.values().removeIf(value -> !Double.isFinite(value));
    Step step =
        new Step(
            metrics.getRunId(),
            metrics.getObjective(),
            metrics.getVersion(),
            metrics.getMeasuredAt(),
            finite);
    List<Step> steps = isReward(step) ? reward : policy;
    if (!steps.isEmpty() && !steps.get(steps.size() - 1).run().equals(step.run())) {
      steps.clear();
    }
    // After a rollback the run goes over the same steps again.
    while (!steps.isEmpty()
        && steps.get(steps.size() - 1).version().getStep() >= step.version().getStep()) {
      steps.remove(steps.size() - 1);
    }
    steps.add(step);
    if (steps.size() > MOST) {
      steps.remove(0);
    }
    return step;
  }

  /** Whether a step is one of the reward model. */
  public static boolean isReward(Step step) {
    return TrainingObjective.named(step.objective())
        .filter(TrainingObjective::trainsRewardModel)
        .isPresent();
  }

  /** Steps of the policy after one of that number, in order. */
  public synchronized List<Step> after(long step) {
    return after(policy, step);
  }

  /** Steps of the reward model after one of that number, in order. */
  public synchronized List<Step> rewardAfter(long step) {
    return after(reward, step);
  }

  private static List<Step> after(List<Step> steps, long step) {
    return steps.stream().filter(one -> one.version().getStep() > step).toList();
  }

  /** The newest step of the policy; of the reward model where it alone learns. */
  public synchronized Optional<Step> newest() {
    List<Step> steps = policy.isEmpty() ? reward : policy;
    return steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
  }
}
