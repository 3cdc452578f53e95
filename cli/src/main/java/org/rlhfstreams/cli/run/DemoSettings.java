package org.rlhfstreams.cli.run;

import java.util.List;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.service.configuration.Overrides;

/** What the demo runs with; any flag, variable or file overrules it. */
public final class DemoSettings {
  /** Metadata of the prompts of {@link #verifiable}: the animal that a story is to have. */
  static final String ANIMAL = "animal";

  /** The reward of {@link #verifiable} that is 1 for a right story, and 0 for another one. */
  static final String RIGHT = "right";

  private static final String RULES =
      "[{name: %s, scorer: contains, weight: 1, settings: {field: %s, ignore-case: true}},"
              .formatted(RIGHT, ANIMAL)
          + " {name: repetition, scorer: repetition, weight: 0.5},"
          + " {name: words, scorer: length, weight: 0, settings: {mode: count, unit: words}}]";

  private DemoSettings() {}

  /** The demo's own settings of a run in a directory. */
  public static Overrides of(RunDirectory run) {
    return defaults().suggest(run.ofLearner()).suggest(run.ofOtherRoles());
  }

  /** The demo's own settings, wherever it runs. */
  public static Overrides defaults() {
    return Overrides.NONE
        .suggest("model.policy", Home.starter())
        .suggest("model.reward", Home.starterReward())
        .suggest("learner.max-steps", 32)
        .suggest("learner.batch-size", 64)
        .suggest("rollout-worker.batch-size", 64)
        .suggest("reward-service.batch-size", 64)
        .suggest("learner.checkpoint-every", 16)
        .suggest("learner.learning-rate", "1e-4")
        .suggest("learner.value-learning-rate", "3e-4")
        .suggest("sampling.max-new-tokens", 48)
        .suggest("ppo.epochs", 2)
        .suggest("ppo.beta", 0.4);
  }

  /**
   * The same with people in it: their judgements train the reward model while the policy learns.
   */
  public static Overrides withPeople(RunDirectory run) {
    return of(run)
        .suggest("people.enabled", true)
        .suggest("learner.max-steps", 200)
        .suggest("sampling.samples", 2)
        .suggest("learner.score-normalisation", "per-version");
  }

  /**
   * A task whose reward is a rule: no reward model. Advantages are scaled over the batch, so that
   * groups of which all stories are right, or none, do not teach the small differences that are
   * left.
   */
  public static Overrides verifiable(RunDirectory run) {
    return Overrides.NONE
        .suggest("model.policy", Home.starter())
        .suggest(run.ofLearner())
        .suggest(run.ofOtherRoles())
        .suggest("learner.objective", "grpo")
        .suggest("rewards.list", RULES)
        .suggest("admission.metadata", ANIMAL)
        .suggest("sampling.samples", 8)
        .suggest("sampling.max-new-tokens", 32)
        .suggest("learner.max-steps", 60)
        .suggest("learner.batch-size", 64)
        .suggest("rollout-worker.batch-size", 64)
        .suggest("reward-service.batch-size", 64)
        .suggest("learner.checkpoint-every", 20)
        .suggest("learner.learning-rate", "5e-5")
        .suggest("critic-free.scale-rewards", "batch")
        .suggest("critic-free.beta", 0.02);
  }

  /** What the reward model's learner decides by itself; the rest is the run's. */
  public static Overrides rewardLearner(RunDirectory run) {
    return Overrides.NONE
        .fix("learner.objective", "reward")
        .fix("range.until", "never")
        .fix("learner.max-steps", 0)
        .fix("learner.batch-size", 16)
        .fix("live.replay-share", 0.875) // one person says little: it is learned eight times
        .fix("range.max-wait", "20s")
        .fix("learner.learning-rate", "5e-4")
        .fix("learner.score-normalisation", "none")
        .fix("learner.evaluate-every", 0) // the policy's, on held-out prompts
        .fix("learner.early-stop-patience", 0)
        .fix("learner.output", run.path().resolve("reward"))
        .fix("learner.checkpoint-directory", run.path().resolve("reward-checkpoints"));
  }

  /** Openings of stories that the starter models have not seen. */
  public static List<Prompt> prompts() {
    return HeldOutOpenings.prompts();
  }
}
