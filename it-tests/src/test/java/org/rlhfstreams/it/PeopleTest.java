package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.people.pages.Browser;
import org.rlhfstreams.people.pages.ChromiumNeeded;

/** What a person says and does reaches the run, and the run what they see. */
final class PeopleTest {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int JUDGEMENTS = 24;
  private static final String ANYONE_HERE = "local";
  private static final List<String> RUN =
      List.of(
          "--batch-size",
          "16",
          "--max-steps",
          "0",
          "--samples",
          "2",
          "--sampling.max-new-tokens",
          "24",
          "--ppo.epochs",
          "1",
          "--rollout-worker.batch-size",
          "8");

  @TempDir private static Path directory;
  private static Cluster cluster;
  private static PeopleRoles roles;
  private static Log log;

  @BeforeAll
  static void start() {
    cluster = new Cluster(directory);
    log = cluster.log();
    roles = new PeopleRoles(cluster, List.of(), RUN, List.of("--batch-size", "4"));
  }

  @AfterAll
  static void end() {
    if (roles != null) {
      roles.interrupt();
    }
    cluster.close();
  }

  private static List<Judgement> judgements(String annotator) {
    return log.read(log.topics().judgements(), Judgement.class).stream()
        .filter(judgement -> judgement.getAnnotator().equals(annotator))
        .toList();
  }

  @Test
  void aJudgementIsFollowedFromTheClickToThePolicy() throws IOException {
    assertThat(MetricsPage.of(roles.people())).containsAll(MetricsTable.read().people());
    List<String> judged = roles.judge(JUDGEMENTS, Duration.ofMillis(50));
    assertThat(judgements(PeopleRoles.ANNOTATOR))
        .extracting(Judgement::getJudgementId)
        .containsExactlyElementsOf(judged);

    await("a policy has learned from a score of a reward model that learned from people")
        .atMost(LONGEST)
        .until(() -> JudgementChain.isWhole(log));
    JudgementChain.assertTraced(cluster, JudgementChain.firstLearned(log));

    assertThat(export("--of", "reward", "--output", "reward").awaitExit()).isZero();
    assertThat(ModelDirectory.open(directory.resolve("reward")).expectedTensors()).isNotEmpty();
    assertThat(export("--output", "policy").awaitExit()).isZero();
    assertThat(ModelDirectory.open(directory.resolve("policy")).expectedTensors()).isNotEmpty();
    RlhfProcess missing = export("--output", "policy", "--weights-version", "7.1");
    assertThat(missing.awaitExit()).isEqualTo(1);
    assertThat(missing.output()).contains("version 7.1 is not there: the topic keeps 0.");
  }

  private static RlhfProcess export(String... arguments) {
    return cluster.start(
        Stream.concat(Stream.of("model", "export"), Stream.of(arguments)).toArray(String[]::new));
  }

  @Test
  @ExtendWith(ChromiumNeeded.class)
  void thePagesJudgeAndSteerARunThatGoesOn() {
    try (Browser browser = Browser.start()) {
      browser.asDesktop();
      browser.open(roles.pages() + "/annotate");
      until(browser, "a question is shown", () -> !browser.text("#left").isBlank());
      assertThat(browser.seriousFaults()).isEmpty();
      browser.press("1");
      until(browser, "it is judged", () -> judgements(ANYONE_HERE).size() == 1);
      browser.press("u");
      until(
          browser,
          "it is taken back",
          () -> judgements(ANYONE_HERE).stream().anyMatch(Judgement::getWithdrawn));

      browser.open(roles.pages() + "/dashboard");
      until(browser, "a step is shown", () -> step(browser) > 0);
      int seen = step(browser);
      until(browser, "the next one is too", () -> step(browser) > seen);
      until(browser, "curves are drawn", () -> browser.all(".curve canvas").size() >= 3);
      until(
          browser,
          "each stage of the run has its figures",
          () ->
              Stream.of("Admission", "workers", "Scorers", "Learner", "People", "Verdicts")
                  .allMatch(
                      name -> browser.attribute("svg.wide", "aria-label").contains(name + ": ")));
      assertThat(browser.seriousFaults()).isEmpty();

      browser.click("#pause");
      browser.click("#confirm-yes");
      until(
          browser, "admission is paused", () -> browser.text("#pause").equals("Resume admission"));
      browser.click("#pause");
      browser.click("#confirm-yes");
      until(browser, "admission goes on", () -> browser.text("#pause").equals("Pause admission"));
      browser.click("#checkpoint");
      browser.click("#confirm-yes");
      int paused = step(browser);
      until(browser, "the run goes on", () -> step(browser) > paused);
      browser.click("#roll-back");
      browser.click("#confirm-yes");
      until(
          browser,
          "the run is back in a new generation",
          () -> browser.text("#tile-policy").startsWith("1."));
      assertThat(log.read(log.topics().controls(), ControlCommand.class))
          .extracting(ControlCommand::getAction)
          .containsExactly(
              ControlAction.PAUSE_ADMISSION,
              ControlAction.RESUME_ADMISSION,
              ControlAction.CHECKPOINT,
              ControlAction.ROLL_BACK);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static void until(Browser browser, String what, Callable<Boolean> condition) {
    try {
      await(what).atMost(LONGEST).pollInterval(Duration.ofMillis(100)).until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(what + "; the page says: " + browser.text("#notices"), e);
    }
  }

  private static int step(Browser browser) {
    String shown = browser.text("#tile-step").replace(",", "");
    return shown.matches("\\d+") ? Integer.parseInt(shown) : -1;
  }
}
