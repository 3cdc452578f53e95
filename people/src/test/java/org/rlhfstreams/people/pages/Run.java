package org.rlhfstreams.people.pages;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A run of PPO with people in it, as the server would tell of it. */
final class Run {
  static final String PROMPT = "One day, a sweet dog named Max went for a walk.";
  private static final List<String> PROMPTS =
      List.of(
          PROMPT,
          "Once upon a time, in a big town, there was a famous ice cream man.",
          "Once upon a time, there was a little girl named Lily.",
          "Tom and his mom went to the park.");
  private static final List<String> RESPONSES =
      List.of(
          "He met a small cat near the river. The cat was shy, but Max wagged his tail and they"
              + " played all day. Max was very happy to have a new friend.",
          "He had a big red cart with a bell. All the children smiled when they heard it, and the"
              + " birds came too.",
          "She loved to feed the ducks with her grandma. One duck followed her home and slept by"
              + " the door.",
          "They saw a tall slide and a frog. Tom laughed and said hello to the frog.");

  private Run() {}

  /** All that the dashboard asks for, after so many steps. */
  static void prepare(StandIn server, int steps) {
    server.answer("/status", status(steps));
    JsonArray metrics = new JsonArray();
    for (int step = 1; step <= steps; step++) {
      metrics.add(step(step));
    }
    server.answer("/metrics", new JsonObject().put("steps", metrics));
    JsonArray rollouts = new JsonArray();
    for (int index = 0; index < 14; index++) {
      rollouts.add(rollout(index, steps));
    }
    server.answer("/rollouts", new JsonObject().put("rollouts", rollouts));
    server.answer(
        "/prompts/prompt-0/rollouts",
        new JsonObject()
            .put(
                "rollouts",
                new JsonArray()
                    .add(
                        rollout(0, steps)
                            .put("rolloutId", "new/0")
                            .put("version", "0." + steps)
                            .put("scores", new JsonObject().put("helpful", 8.31).put("right", 1)))
                    .add(
                        rollout(0, steps)
                            .put("rolloutId", "old/0")
                            .put("version", "0.1")
                            .put("score", 1.82)
                            .put("kl", 0.04)
                            .put(
                                "response",
                                "He met a small car near the river. The car was loud, and Max sat all"
                                    + " day. Max was very tired to have a new day."))));
    server.answer("/annotators", annotators());
    server.answer(
        "/dead-letters",
        new JsonObject()
            .put(
                "deadLetters",
                new JsonArray()
                    .add(deadLetter("DUPLICATE", "the preference like-17 was published twice"))
                    .add(
                        deadLetter(
                            "INVALID", "a pair whose chosen and rejected answers are the same")))
            .put("counts", new JsonObject().put("DUPLICATE", 3).put("INVALID", 1)));
  }

  static JsonObject status(int step) {
    return new JsonObject()
        .put("run", "stories-with-animals")
        .put("objective", "ppo")
        .put("step", step)
        .put("policyVersion", "0." + step)
        .put("rewardModelVersion", "0." + step / 4)
        .put("paused", false)
        .put("connected", true)
        .put("staleness", 0.42)
        .put("openComparisons", 187)
        .put("judgements", 1243)
        .put(
            "stages",
            new JsonArray()
                .add(stage("admission", "rlhf.prompts", 6.2, 0, 0))
                .add(stage("rollout workers", "rlhf.rollout-requests", 6.1, 12, 2.1))
                .add(stage("scoring", "rlhf.rollouts", 24.4, 31, 1.4))
                .add(stage("learner", "rlhf.scored-rollouts", 24.2, 64, 3.3))
                .add(stage("people", "rlhf.comparisons", 1.7, 187, 412))
                .add(stage("verdicts", "rlhf.judgements", 0.4, 0, 0))
                .add(stage("reward learner", "rlhf.preferences", 0.4, 9, 47)));
  }

  private static JsonObject stage(
      String name, String topic, double rate, long lag, double oldestSeconds) {
    return new JsonObject()
        .put("name", name)
        .put("topic", topic)
        .put("rate", rate)
        .put("lag", lag)
        .put("oldestSeconds", oldestSeconds);
  }

  static JsonObject step(int step) {
    Random random = new Random(step);
    double progress = 1 - Math.exp(-step / 60.0);
    return new JsonObject()
        .put("step", step)
        .put("version", "0." + step)
        .put("objective", "ppo")
        .put("at", Instant.ofEpochSecond(1_790_000_000L + step * 9L).toString())
        .put(
            "values",
            new JsonObject()
                .put("objective/scores", 1.8 + 6.5 * progress + 0.5 * random.nextGaussian())
                .put("objective/kl", 9 * progress + 0.6 * random.nextGaussian())
                .put("policy/entropy_avg", 2.1 - 0.7 * progress + 0.06 * random.nextGaussian())
                .put("response/length", 44 + 4 * progress + random.nextGaussian())
                .put(
                    "validation/live_accuracy",
                    Math.min(1, 0.52 + 0.34 * progress + 0.02 * random.nextGaussian()))
                .put("loss/policy_avg", -0.02 * progress + 0.01 * random.nextGaussian()));
  }

  static JsonObject rollout(int index, int step) {
    int which = index % PROMPTS.size();
    return new JsonObject()
        .put("rolloutId", "request-" + step + "-" + index + "/0")
        .put("promptId", "prompt-" + which)
        .put("prompt", PROMPTS.get(which))
        .put("response", RESPONSES.get(which))
        .put("score", 8.31 - 0.29 * index)
        .put("kl", 7.6 + 0.11 * index)
        .put("version", "0." + (step - index / 4))
        .put("finishReason", "STOP")
        .put("scoredAt", Instant.ofEpochSecond(1_790_001_000L - index).toString());
  }

  static JsonObject annotators() {
    JsonArray each = new JsonArray();
    Stream.of(
            annotator("anna", 612, 31, 9, 29, 30, 0.96, 0.91),
            annotator("bo", 401, 44, 12, 17, 20, 0.84, 0.83),
            annotator("chidi", 230, 8, 25, 6, 11, 0.41, 0.64))
        .forEach(each::add);
    return new JsonObject()
        .put("all", annotator("", 1243, 83, 46, 52, 61, 1, 0.71))
        .put("annotators", each);
  }

  static JsonObject annotator(
      String name,
      long judgements,
      long ties,
      long skips,
      long goldRight,
      long goldAnswered,
      double weight,
      double agreement) {
    return new JsonObject()
        .put("annotator", name)
        .put("judgements", judgements)
        .put("ties", ties)
        .put("skips", skips)
        .put("goldRight", goldRight)
        .put("goldAnswered", goldAnswered)
        .put("weight", weight)
        .put("agreement", agreement);
  }

  static JsonObject deadLetter(String kind, String reason) {
    return new JsonObject()
        .put("topic", "rlhf.preferences")
        .put("partition", 0)
        .put("offset", 4711)
        .put("stage", "learner")
        .put("kind", kind)
        .put("reason", reason)
        .put("refusedAt", "2026-09-21T10:14:03Z");
  }
}
