package org.rlhfstreams.learner.validation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.rlhfstreams.events.Evaluation;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.checkpoint.ValidationState;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.learner.data.AbandonedGeneration;
import org.rlhfstreams.learner.data.RewardSum;
import org.rlhfstreams.learner.data.ScoredSamples;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What versions of the policy earn on held-out prompts, which others sample and score while the run
 * goes on. The evaluation of a version has come in when all its answers have, or when no further
 * one has come for the patience. Which step is best, and whether the run ends early, follows from
 * the evaluations that have come in, in the order of their steps; the figure that they are compared
 * by is {@value #REWARD}, of which more is better.
 *
 * <p>One thread learns; another one may hand over answers.
 */
public final class VersionEvaluations {
  /** Mean of the weighted sum of the rewards, each as it came. */
  public static final String REWARD = "evaluation/reward";

  /** The step whose weights were evaluated. */
  public static final String STEP = "evaluation/step";

  private static final Logger LOG = LoggerFactory.getLogger(VersionEvaluations.class);
  private static final String SCORES = "evaluation/scores/";
  private static final String COUNT = "evaluation/count";

  /** Checkpoints that are kept until their evaluation comes in; of more the oldest is given up. */
  private static final int MOST_AWAITED = 4;

  private final ScoredSamples samples;
  private final RewardSum rewards;
  private final LearnerConfiguration settings;
  private final long patienceNanos;
  private final LongSupplier nanoTime;
  private final NavigableMap<WeightVersion, Answers> answers = new TreeMap<>(WeightVersions.ORDER);
  private final NavigableMap<Long, Long> awaited = new TreeMap<>(); // by step: since when
  private final Set<Long> reported = new HashSet<>();
  private List<AbandonedGeneration> abandoned = List.of();
  private long heardAt;

  /**
   * An evaluation that has come in.
   *
   * @param step whose weights it is of
   * @param metrics by name
   */
  public record Outcome(long step, Map<String, Double> metrics) {
    public Outcome {
      metrics = Map.copyOf(metrics);
    }

    double figure() {
      return metrics.getOrDefault(REWARD, Double.NaN);
    }
  }

  /** To one version. */
  private static final class Answers {
    private final long step;
    private final Set<String> ids = new HashSet<>();
    private final List<double[]> values = new ArrayList<>();
    private int expected;
    private long heardAt;
    private Optional<Outcome> outcome = Optional.empty();

    Answers(long step) {
      this.step = step;
    }

    boolean isWhole() {
      return ids.size() >= expected;
    }
  }

  /**
   * @param samples check answers and find the scores of rewards
   * @param rewards what answers are rewarded for
   * @param nanoTime a clock, in nanoseconds
   */
  public VersionEvaluations(
      ScoredSamples samples,
      RewardSum rewards,
      LearnerConfiguration settings,
      LongSupplier nanoTime) {
    this.samples = samples;
    this.rewards = rewards;
    this.settings = settings;
    this.patienceNanos = settings.evaluationPatience().toNanos();
    this.nanoTime = nanoTime;
    this.heardAt = nanoTime.getAsLong();
  }

  /**
   * Goes on from a checkpoint.
   *
   * @param checkpointed of which only the steps count whose evaluation was under way
   * @param left generations that rollbacks of the run have ended
   * @param told steps whose evaluation has been reported
   */
  public synchronized void begin(
      ValidationState checkpointed, List<AbandonedGeneration> left, Set<Long> told) {
    abandoned = List.copyOf(left);
    awaited.clear();
    reported.clear();
    reported.addAll(told);
    checkpointed.awaited().forEach(step -> awaited.put(step, nanoTime.getAsLong()));
    settle();
  }

  /** Generations that have been rolled back: what they came to is no evaluation of this run. */
  public synchronized void abandon(List<AbandonedGeneration> left) {
    abandoned = List.copyOf(left);
    for (AbandonedGeneration one : left) {
      awaited.keySet().removeIf(step -> step > one.lastStep());
    }
  }

  /**
   * Takes an answer; the same one again counts for nothing, and neither does one that comes after
   * the patience.
   */
  public synchronized void take(ScoredRollout scored) {
    Rollout rollout = scored.getRollout();
    Evaluation evaluation = rollout.getEvaluation();
    if (evaluation == null || !isOf(rollout, evaluation.getVersion())) {
      LOG.warn("rollout {} measures no version: it is left out", rollout.getRolloutId());
      return;
    }
    heardAt = nanoTime.getAsLong();
    Answers all =
        answers.computeIfAbsent(evaluation.getVersion(), version -> new Answers(version.getStep()));
    if (all.outcome.isPresent()) {
      return;
    }
    all.expected = evaluation.getResponses();
    all.heardAt = heardAt;
    if (!all.ids.add(rollout.getRolloutId())) {
      return;
    }
    try {
      all.values.add(
          samples.convert(scored).rewards().stream().mapToDouble(Double::doubleValue).toArray());
    } catch (UnusableException e) {
      LOG.warn("rollout {} is in no mean: {}", rollout.getRolloutId(), e.getMessage());
    }
  }

  private static boolean isOf(Rollout rollout, WeightVersion version) {
    return rollout.getSegments().stream().allMatch(segment -> segment.getVersion().equals(version));
  }

  /**
   * Whether the weights after a step are to be evaluated.
   *
   * @param last whether no step follows
   */
  public boolean isDue(long step, boolean last) {
    return step % settings.evaluateEvery() == 0 || last;
  }

  /** The evaluation of a step is under way, unless it has come in. */
  public synchronized void await(long step) {
    if (current().noneMatch(all -> all.step == step && all.outcome.isPresent())) {
      awaited.put(step, nanoTime.getAsLong());
      if (awaited.size() > MOST_AWAITED) {
        awaited.pollFirstEntry();
      }
    }
  }

  private Stream<Answers> current() {
    return answers.entrySet().stream()
        .filter(one -> abandoned.stream().noneMatch(left -> left.has(one.getKey())))
        .map(Map.Entry::getValue);
  }

  /** Looks which evaluations have come in. What the learner decides by changes here alone. */
  public synchronized void settle() {
    long now = nanoTime.getAsLong();
    for (Answers all : current().filter(one -> one.outcome.isEmpty()).toList()) {
      if (all.isWhole() || now - all.heardAt > patienceNanos) {
        all.outcome = Optional.of(outcome(all));
        all.ids.clear(); // a run has many versions
        all.values.clear();
        awaited.remove(all.step);
      }
    }
    awaited
        .entrySet()
        .removeIf(
            one -> {
              boolean isOver =
                  current().noneMatch(all -> all.step == one.getKey())
                      && now - Math.max(one.getValue(), heardAt) > patienceNanos;
              if (isOver) {
                LOG.warn(
                    "no evaluation of step {} has come within learner.evaluation-patience: see rlhf status"
                        + " whether an evaluation worker runs, and whether there are held-out"
                        + " prompts",
                    one.getKey());
              }
              return isOver;
            });
  }

  private Outcome outcome(Answers all) {
    double[][] values = all.values.toArray(double[][]::new);
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put(STEP, (double) all.step);
    metrics.put(COUNT, (double) values.length);
    if (values.length > 0) {
      metrics.putAll(rewards.means(SCORES, values));
      double sum = 0;
      for (double reward : rewards.unmeasured().of(values, new int[values.length])) {
        sum += reward;
      }
      metrics.put(REWARD, sum / values.length);
    }
    return new Outcome(all.step, metrics);
  }

  /** The oldest evaluation that has come in and has not been reported; from now on it has. */
  public synchronized Optional<Outcome> next() {
    Optional<Outcome> next =
        current()
            .flatMap(all -> all.outcome.stream())
            .filter(outcome -> !reported.contains(outcome.step()))
            .findFirst();
    next.ifPresent(outcome -> reported.add(outcome.step()));
    return next;
  }

  /** Whether an evaluation is under way. */
  public synchronized boolean isAwaiting() {
    return !awaited.isEmpty() || current().anyMatch(all -> all.outcome.isEmpty());
  }

  /**
   * What a checkpoint keeps.
   *
   * @param kept whether the checkpoint of a step is there, so that its weights can be the best
   */
  public synchronized ValidationState state(LongPredicate kept) {
    Optional<BestStep> best =
        outcomes()
            .filter(outcome -> Double.isFinite(outcome.figure()) && kept.test(outcome.step()))
            .map(outcome -> new BestStep(outcome.step(), outcome.figure()))
            .reduce((one, later) -> later.figure() > one.figure() ? later : one);
    return new ValidationState(best, unimproved(), List.copyOf(awaited.keySet()));
  }

  private Stream<Outcome> outcomes() {
    return current().flatMap(all -> all.outcome.stream());
  }

  /** Evaluations since the last that was better by enough. */
  public synchronized int unimproved() {
    double best = Double.NEGATIVE_INFINITY;
    int unimproved = 0;
    for (Outcome outcome : outcomes().toList()) {
      double gain = outcome.figure() - best; // not a number if the figure is none
      unimproved = gain > settings.earlyStopDelta() ? 0 : unimproved + 1;
      best = gain > 0 ? outcome.figure() : best;
    }
    return unimproved;
  }

  /** Whether the run should end for want of a better evaluation. */
  public boolean endsTheRun() {
    int patience = settings.earlyStopPatience();
    return patience > 0 && unimproved() >= patience;
  }
}
