package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;

/**
 * The programs that docs/rewards.md shows score a run, each a reward, one in Python and one in
 * Java; one of them is killed in between, and each rollout still has each score once.
 */
final class ExternalScorersTest {
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final int BATCH = 8;

  @TempDir private Path directory;

  @Test
  void thePageShowsThePrograms() throws IOException {
    String page = Files.readString(Repository.root().resolve("docs").resolve("rewards.md"));
    assertThat(page).contains("```python\n" + Files.readString(ExternalScorer.IN_PYTHON) + "```\n");
    String java = Files.readString(ExternalScorer.IN_JAVA);
    assertThat(page)
        .contains("```java\n" + java.substring(java.indexOf("public final class")) + "```\n");
  }

  @Test
  void eachRolloutHasTheScoreOfEachProgramOnce() throws Exception {
    ExternalScorer programs = new ExternalScorer(directory);
    Path prompts = directory.resolve("prompts.jsonl");
    Files.write(
        prompts,
        IntStream.range(0, 64)
            .mapToObj(i -> "{\"prompt\": \"Once there were " + i + " foxes.\"}")
            .toList());
    Path file = directory.resolve("rewards.yaml");
    Files.writeString(
        file,
        """
        rewards:
          - {name: brief, scorer: external}
          - {name: words, scorer: external, normalise: batch}
        """);
    try (RlhfProcess up =
        RlhfProcess.up(
            directory,
            BATCH,
            "--config",
            file.toString(),
            "--prompts",
            prompts.toString(),
            "--max-steps",
            "100000")) {
      Matcher address = up.awaitLine("up: broker (\\S+), registry (\\S+), a new run");
      String[] servers = {address.group(1), address.group(2)};
      Log log = new Log(servers[0], servers[1]);
      try (RlhfProcess words = programs.startJava("words", servers)) {
        try (RlhfProcess brief = programs.start("brief", servers)) {
          awaitScored(log, 2 * BATCH, brief, words);
          brief.kill();
        }
        int before = log.read(log.topics().scoredRollouts(), ScoredRollout.class).size();
        try (RlhfProcess brief = programs.start("brief", servers)) {
          awaitScored(log, before + 3 * BATCH, brief, words);
          awaitAllOf(sampled(log), log);
        }
      }
      requireEachOnce(log, programs.areInPython());
      requireBalance(servers);
      up.interrupt();
      assertThat(up.awaitExit()).isEqualTo(130);
    }
  }

  private static void awaitScored(Log log, int count, RlhfProcess... programs) {
    await("rollouts with the scores of both programs")
        .atMost(LONGEST)
        .until(
            () -> {
              assertThat(programs)
                  .allSatisfy(
                      program -> assertThat(program.isAlive()).as(program.output()).isTrue());
              return log.read(log.topics().scoredRollouts(), ScoredRollout.class).size() >= count;
            });
  }

  private static void requireEachOnce(Log log, boolean pythonPlayed) {
    List<ScoredRollout> scored = log.read(log.topics().scoredRollouts(), ScoredRollout.class);
    assertThat(scored.stream().map(one -> one.getRollout().getRolloutId())).doesNotHaveDuplicates();
    assertThat(scored)
        .allSatisfy(
            one -> {
              Rollout rollout = one.getRollout();
              double words = rollout.getResponseText().split("\\s+", -1).length;
              double tokens = rollout.getResponseTokenIds().size();
              assertThat(one.getScores()).containsOnlyKeys("brief", "words");
              assertThat(one.getScores().get("words").getValue()).isEqualTo(words);
              assertThat(one.getScores().get("brief").getValue())
                  .isEqualTo(pythonPlayed ? -tokens : words);
            });
    // While a scorer is away, others overtake a rollout: some are too old then, and are replaced.
    assertThat(log.read(log.topics().deadLetters(), DeadLetter.class))
        .allSatisfy(
            letter -> assertThat(letter.getKind()).as(letter.getReason()).isEqualTo("stale"));
  }

  private static Set<String> sampled(Log log) {
    return log.read(log.topics().rollouts(), Rollout.class).stream()
        .map(Rollout::getRolloutId)
        .collect(Collectors.toSet());
  }

  /** None was passed over while nobody scored. */
  private static void awaitAllOf(Set<String> rollouts, Log log) {
    await("all that was sampled has its scores")
        .atMost(LONGEST)
        .until(
            () ->
                log.read(log.topics().scoredRollouts(), ScoredRollout.class).stream()
                    .map(one -> one.getRollout().getRolloutId())
                    .collect(Collectors.toSet())
                    .containsAll(rollouts));
  }

  private void requireBalance(String[] servers) {
    try (RlhfProcess audit =
        RlhfProcess.start(
            directory,
            "audit",
            "--bootstrap-servers",
            servers[0],
            "--schema-registry-url",
            servers[1])) {
      assertThat(audit.awaitExit()).as(audit.output()).isZero();
      assertThat(audit.output())
          .contains("balances: ")
          .containsPattern("scores .* by brief [\\d,]+, reference [\\d,]+, words [\\d,]+");
    }
  }
}
