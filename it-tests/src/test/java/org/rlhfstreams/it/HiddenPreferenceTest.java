package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.run.DemoSettings;
import org.rlhfstreams.evaluation.annotator.Animals;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.events.Rollout;

/** Someone likes what the starting reward model knows nothing of: the policy comes to write it. */
@Tag("long")
final class HiddenPreferenceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int JUDGEMENTS = 300;
  private static final Duration BETWEEN_JUDGEMENTS = Duration.ofMillis(500);
  private static final int HELD_OUT = 24;
  private static final int RESPONSES = 16;
  private static final String TOKENS = "32";
  private static final int WINDOW = 256;
  private static final double TIMES = 3;
  private static final Duration LONGEST = Duration.ofMinutes(40);
  private static final List<String> RUN =
      List.of(
          "--batch-size",
          "64",
          "--max-steps",
          "0",
          "--learning-rate",
          "2e-4",
          "--learner.value-learning-rate",
          "3e-4",
          "--samples",
          "2",
          "--sampling.max-new-tokens",
          TOKENS,
          "--ppo.epochs",
          "2",
          "--ppo.beta",
          "0.05",
          "--rollout-worker.batch-size",
          "32",
          "--reward-service.batch-size",
          "64");

  // Few answers, each of them learned from about eight times.
  private static final List<String> REWARD_RUN =
      List.of("--batch-size", "16", "--live.replay-share", "0.875", "--learning-rate", "5e-4");

  private final Animals animals = new Animals();

  @TempDir private Path directory;

  @Test
  void whatSomeoneLikesIsWrittenThreeTimesAsOften() throws IOException {
    List<String> openings =
        DemoSettings.prompts().stream()
            .map(Prompt::getText)
            .filter(text -> animals.kindsIn(text) == 0)
            .toList();
    List<String> sampled = openings.subList(0, openings.size() - HELD_OUT);
    Path prompts = Files.write(directory.resolve("prompts.txt"), sampled);
    Path heldOut = heldOut(openings.subList(sampled.size(), openings.size()));
    double before = share(Repository.starter(), heldOut, "before");
    try (Cluster cluster = new Cluster(directory)) {
      PeopleRoles roles = new PeopleRoles(cluster, List.of(prompts.toString()), RUN, REWARD_RUN);
      assertThat(roles.judge(JUDGEMENTS, BETWEEN_JUDGEMENTS))
          .hasSize(JUDGEMENTS)
          .doesNotHaveDuplicates();
      Log log = cluster.log();
      await("the newest answers mention animals")
          .atMost(LONGEST)
          .pollInterval(Duration.ofSeconds(5))
          .until(() -> newest(log) >= (TIMES + 0.2) * before);
      JudgementChain.assertTraced(cluster, JudgementChain.firstLearned(log));
      assertThat(
              cluster
                  .start("model", "export", "--output", "policy", "--dtype", "bfloat16")
                  .awaitExit())
          .isZero();
      roles.interrupt();
    }
    double after = share(directory.resolve("policy"), heldOut, "after");
    System.out.printf("animals in %.3f of the answers before, in %.3f after%n", before, after);
    assertThat(after).isGreaterThanOrEqualTo(TIMES * before);
  }

  /** Prompts that nobody samples from while it learns. */
  private Path heldOut(List<String> texts) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String text : texts) {
      String line = JSON.writeValueAsString(Map.of("prompt", text)) + "\n";
      lines.append(String.join("", Collections.nCopies(RESPONSES, line)));
    }
    return Files.writeString(directory.resolve("held-out.jsonl"), lines);
  }

  /** Share of a model's answers that mention an animal. */
  private double share(Path model, Path prompts, String name) throws IOException {
    Path answers = directory.resolve(name + ".jsonl");
    RlhfProcess generate =
        RlhfProcess.start(
            directory,
            "generate",
            "--model",
            model.toString(),
            "--data",
            prompts.toString(),
            "--max-tokens",
            TOKENS,
            "--temperature",
            "1",
            "--output",
            answers.toString());
    assertThat(generate.awaitExit()).isZero();
    int mentions = 0;
    List<String> lines = Files.readAllLines(answers);
    for (String line : lines) {
      mentions += animals.kindsIn(JSON.readTree(line).get("text").asText()) > 0 ? 1 : 0;
    }
    return mentions / (double) lines.size();
  }

  /** The same of the newest rollouts. */
  private double newest(Log log) {
    List<Rollout> all = log.read(log.topics().rollouts(), Rollout.class);
    List<Rollout> newest = all.subList(Math.max(0, all.size() - WINDOW), all.size());
    double share =
        newest.stream().filter(rollout -> animals.kindsIn(rollout.getResponseText()) > 0).count()
            / (double) newest.size();
    System.out.printf("animals in %.3f of the newest of %,d rollouts%n", share, all.size());
    return share;
  }
}
