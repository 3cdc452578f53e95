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
    settings.put("reward-service.state-directory", output.resolve("state").toString());
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

  /** Openings of stories that the starter models have not seen. */
  public static List<Prompt> prompts() {
    return HeldOutOpenings.prompts();
  }
}
