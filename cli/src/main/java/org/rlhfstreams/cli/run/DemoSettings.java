package org.rlhfstreams.cli.run;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.events.Prompt;

/** What the demo runs with; any flag, variable or file overrules it. */
public final class DemoSettings {
  private DemoSettings() {}

  /** Configuration keys and values of a run in a directory. */
  public static Map<String, String> of(Path output) {
    Map<String, String> settings = new HashMap<>();
    settings.put("model.policy", Home.starter().toString());
    settings.put("model.reward", Home.starterReward().toString());
    settings.put("learner.output", output.toString());
    settings.put("learner.checkpoint-directory", output.resolve("checkpoints").toString());
    settings.put("controller.state-directory", output.resolve("state").toString());
    settings.put("learner.max-steps", "32");
    settings.put("learner.batch-size", "64");
    settings.put("rollout-worker.batch-size", "64");
    settings.put("reward-service.batch-size", "64");
    settings.put("learner.checkpoint-every", "16");
    settings.put("learner.learning-rate", "1e-4");
    settings.put("learner.value-learning-rate", "3e-4");
    settings.put("sampling.max-new-tokens", "48");
    settings.put("ppo.epochs", "2");
    settings.put("ppo.beta", "0.4");
    return settings;
  }

  /**
   * The same with people in it: their judgements train the reward model while the policy learns.
   */
  public static Map<String, String> withPeople(Path output) {
    Map<String, String> settings = of(output);
    settings.put("people.enabled", "true");
    settings.put("learner.max-steps", "200");
    settings.put("sampling.samples", "2");
    settings.put("learner.score-normalisation", "per-version");
    return settings;
  }

  /** What the reward model's learner decides by itself; the rest is the run's. */
  public static Map<String, String> rewardLearner(Path output) {
    Map<String, String> settings = new HashMap<>();
    settings.put("learner.objective", "reward");
    settings.put("range.until", "never");
    settings.put("learner.max-steps", "0");
    settings.put("learner.batch-size", "16");
    settings.put("live.replay-share", "0.875"); // one person says little: it is learned eight times
    settings.put("range.max-wait", "20s");
    settings.put("learner.learning-rate", "5e-4");
    settings.put("learner.score-normalisation", "none");
    settings.put("learner.output", output.resolve("reward").toString());
    settings.put("learner.checkpoint-directory", output.resolve("reward-checkpoints").toString());
    return settings;
  }

  /** Openings of stories that the starter models have not seen. */
  public static List<Prompt> prompts() {
    return HeldOutOpenings.prompts();
  }
}
