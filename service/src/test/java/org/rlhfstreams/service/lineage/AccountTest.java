package org.rlhfstreams.service.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.ledger.Ledger;
import org.rlhfstreams.service.lineage.Account.Stage;

/** The rules of the account, on facts that nobody had to write into a log. */
final class AccountTest {
  static {
    EventSerdes.trustEvents();
  }

  @TempDir private Path directory;

  private final LogProgress progress = new LogProgress();
  private final Set<LogSource> cut = EnumSet.noneOf(LogSource.class);
  private final List<StepSequence> runs = new ArrayList<>();
  private final List<Runnable> entered = new ArrayList<>();
  private final Tally read = new Tally();
  private final ScorerNames scorers = new ScorerNames();
  private AccountEntries entries;
  private long offset;

  private long next(LogSource source) {
    return LogPlace.code(source, 0, offset++);
  }

  private void admit(String requestId, int samples) {
    long place = next(LogSource.REQUESTS);
    entered.add(() -> entries.admitted(requestId, samples, place));
  }

  private void enter(Fact fact, LogSource source, String rolloutId) {
    long place = next(source);
    entered.add(() -> entries.rollout(fact, 0, rolloutId, place));
  }

  private void sample(String rolloutId) {
    enter(Fact.SAMPLED, LogSource.ROLLOUTS, rolloutId);
  }

  private void score(String rolloutId) {
    enter(Fact.SCORED, LogSource.SCORED, rolloutId);
  }

  private void grade(String scorer, String rolloutId) {
    long place = next(LogSource.SCORES);
    entered.add(() -> entries.rollout(Fact.GRADED, scorers.number(scorer), rolloutId, place));
  }

  private void join(String rolloutId, String... required) {
    long place = next(LogSource.SCORED);
    entered.add(
        () -> entries.rollout(Fact.SCORED, scorers.set(List.of(required)), rolloutId, place));
  }

  private void giveUp(String rolloutId) {
    enter(Fact.GIVEN_UP, LogSource.LETTERS, rolloutId);
  }

  private StepSequence run(String objective) {
    return runs.stream()
        .filter(run -> run.objective().equals(objective))
        .findFirst()
        .orElseGet(
            () -> {
              StepSequence made = new StepSequence(runs.size(), "rlhf." + objective, objective);
              runs.add(made);
              return made;
            });
  }

  private void step(String objective, int generation, long step, String... ids) {
    step(objective, generation, step, Map.of(), List.of(), ids);
  }

  private void step(
      String objective,
      int generation,
      long step,
      Map<String, Double> values,
      List<String> heldOut,
      String... ids) {
    StepMetrics metrics = metrics(objective, generation, step, values, heldOut, ids);
    StepSequence run = run(objective);
    long place = next(LogSource.STEPS);
    entered.add(() -> run.take(metrics, place, !cut.contains(LogSource.STEPS), entries, read));
  }

  private static StepMetrics metrics(
      String objective,
      int generation,
      long step,
      Map<String, Double> values,
      List<String> heldOut,
      String... ids) {
    return StepMetrics.newBuilder()
        .setRunId("rlhf." + objective)
        .setObjective(objective)
        .setVersion(new WeightVersion(generation, step))
        .setValues(new HashMap<>(values))
        .setRolloutIds(List.of(ids))
        .setHeldOutIds(heldOut)
        .setMeasuredAt(Instant.EPOCH)
        .build();
  }

  private void prefer(Fact fact, String id) {
    long place = next(LogSource.PREFERENCES);
    entered.add(() -> entries.preference(fact, 0, id, place));
  }

  /** Everything so far has been dealt with by its stage. */
  private void allIsDone() {
    for (LogSource source : LogSource.values()) {
      progress.reached(source, 0, offset);
    }
    runs.forEach(run -> progress.reached(run.index(), offset));
  }

  private Account account() throws InterruptedException {
    try (Ledger ledger = new Ledger(directory, 100)) {
      entries = new AccountEntries(ledger);
      entered.forEach(Runnable::run);
      entries.flush();
      return Account.of(
          ledger,
          read,
          progress,
          runs,
          List.of("learner: rule", "learner: signal"),
          scorers,
          cut,
          new Topics("rlhf.", 4),
          2);
    }
  }

  @Test
  void aRunInFullSwingBalances() throws Exception {
    admit("r", 2);
    sample("r/0");
    sample("r/1");
    score("r/0");
    score("r/1");
    step("ppo", 0, 1, "r/0", "r/1");
    allIsDone();
    admit("with-a-worker", 1);
    admit("to-be-scored", 1);
    sample("to-be-scored/0");
    admit("to-be-learned", 1);
    sample("to-be-learned/0");
    score("to-be-learned/0");
    Account account = account();
    assertThat(account.balances()).isTrue();
    assertThat(account.count(Stage.ADMITTED)).isEqualTo(5);
    assertThat(account.count(Stage.SAMPLED)).isEqualTo(4);
    assertThat(account.count(Stage.SCORED)).isEqualTo(3);
    assertThat(account.count(Stage.LEARNED)).isEqualTo(2);
    assertThat(account.waitingForWorkers()).isOne();
    assertThat(account.waitingForScoring()).isOne();
    assertThat(account.waitingForLearners()).isOne();
  }

  @Test
  void whatAStageIsDoneWithButTheNextOneDoesNotHaveIsLost() throws Exception {
    admit("a", 2); // offset 0
    sample("a/0");
    admit("b", 1);
    sample("b/0");
    score("b/0");
    step("ppo", 0, 1, "c/0");
    allIsDone();
    admit("c", 1);
    sample("c/0");
    score("c/0");
    Account account = account();
    assertThat(account.told(Problem.LOST, 9))
        .containsExactly(
            "admitted; the workers are done with it, but nobody has sampled it:"
                + " rlhf.rollout-requests-0@0",
            "sampled; scoring is done with it, but it has no score: rlhf.rollouts-0@1",
            "scored; rlhf.ppo is done with it, but has not learned from it:"
                + " rlhf.scored-rollouts-0@4");
    assertThat(account.balances()).isFalse();
  }

  @Test
  void eachRequiredScoreIsThereOnce() throws Exception {
    for (String name : List.of("right", "reference")) {
      progress.reachedByScorer(scorers.number(name), 0, 100);
    }
    admit("whole", 1);
    sample("whole/0");
    grade("right", "whole/0");
    grade("reference", "whole/0");
    grade("somebody-elses", "whole/0");
    grade("somebody-elses", "whole/0");
    join("whole/0", "right", "reference");
    step("ppo", 0, 1, "whole/0");
    admit("twice", 1);
    sample("twice/0");
    grade("right", "twice/0");
    grade("right", "twice/0");
    join("twice/0", "right", "reference");
    Account account = account();
    assertThat(account.told(Problem.DOUBLED, 9))
        .containsExactly("scored by right twice: rlhf.scores-0@10, rlhf.scores-0@11");
    assertThat(account.told(Problem.CONTRADICTED, 9))
        .containsExactly(
            "scored, but not by reference, which it has waited for: rlhf.scored-rollouts-0@12");
    assertThat(account.repeatedScores()).isOne();
    assertThat(account.scoredBy())
        .containsExactly(
            Map.entry("reference", 1L), Map.entry("right", 2L), Map.entry("somebody-elses", 1L));
  }

  @Test
  void whatTheJoinHoldsWaitsForScoresThatCanStillCome() throws Exception {
    progress.reachedByJoin(LogSource.ROLLOUTS, 0, 100);
    progress.reachedByScorer(scorers.number("right"), 0, 4);
    admit("gone-on", 1); // 0
    sample("gone-on/0"); // 1
    admit("passed-over", 1); // 2
    sample("passed-over/0"); // 3
    admit("to-be-scored", 1); // 4
    sample("to-be-scored/0"); // 5
    grade("right", "gone-on/0"); // 6
    join("gone-on/0", "right");
    admit("to-be-joined", 1);
    sample("to-be-joined/0");
    grade("right", "to-be-joined/0"); // 10
    Account account = account();
    assertThat(account.told(Problem.LOST, 9))
        .containsExactly(
            "sampled; the scorer right is done with it, but has not scored it: rlhf.rollouts-0@3");
    assertThat(account.waitingForScoring()).isEqualTo(2);
    progress.reachedByJoin(LogSource.SCORES, 0, 11);
    assertThat(account().told(Problem.LOST, 9))
        .contains(
            "sampled; the join is done with it and its scores, but it has not gone on:"
                + " rlhf.rollouts-0@9");
  }

  @Test
  void twoOfOneAreDoubledAndTheirPlacesAreNamed() throws Exception {
    admit("r", 1);
    sample("r/0");
    sample("r/0");
    score("r/0");
    score("r/0");
    step("ppo", 0, 1, "r/0");
    step("ppo", 0, 2, "r/0");
    admit("r", 1);
    Account account = account();
    assertThat(account.told(Problem.DOUBLED, 9))
        .containsExactly(
            "admitted twice: rlhf.rollout-requests-0@0, rlhf.rollout-requests-0@7",
            "sampled twice: rlhf.rollouts-0@1, rlhf.rollouts-0@2",
            "scored twice: rlhf.scored-rollouts-0@3, rlhf.scored-rollouts-0@4",
            "learned from by rlhf.ppo twice: rlhf.training-metrics-0@5, rlhf.training-metrics-0@6");
    assertThat(account.count(Problem.DOUBLED)).isEqualTo(4);
    assertThat(account.count(Stage.ADMITTED)).as("different ones").isOne();
  }

  @Test
  void eachRunLearnsOnceForItself() throws Exception {
    admit("r", 1);
    sample("r/0");
    score("r/0");
    step("ppo", 0, 1, "r/0");
    step("reinforce-plus-plus", 0, 1, "r/0");
    assertThat(account().balances()).isTrue();
  }

  @Test
  void aDeadLetterIsAnEndAndCountsOnceHoweverOftenItIsThere() throws Exception {
    admit("refused", 1);
    sample("refused/0");
    score("refused/0");
    giveUp("refused/0");
    giveUp("refused/0");
    enter(Fact.GIVEN_UP_TOO, LogSource.LETTERS, "refused/0");
    step("ppo", 0, 1);
    allIsDone();
    Account account = account();
    assertThat(account.balances()).isTrue();
    assertThat(account.dead()).isOne();
    assertThat(account.repeatedLetters()).isEqualTo(2);
    assertThat(account.deadByReason()).containsExactly(Map.entry("learner: rule", 1L));
  }

  @Test
  void whatIsSetAsideIsNotLost() throws Exception {
    admit("easy", 2);
    admit("hard", 1);
    for (String id : List.of("easy/0", "easy/1", "hard/0")) {
      sample(id);
      score(id);
    }
    for (String id : List.of("easy/0", "easy/1")) {
      long place = next(LogSource.LETTERS);
      entered.add(() -> entries.rollout(Fact.GIVEN_UP, 1, id, place));
    }
    giveUp("hard/0");
    step("grpo", 0, 1);
    allIsDone();
    Account account = account();
    assertThat(account.balances()).isTrue();
    assertThat(account.dead()).isEqualTo(3);
    assertThat(account.setAside()).isEqualTo(2);
    assertThat(account.deadByReason())
        .containsExactly(Map.entry("learner: rule", 1L), Map.entry("learner: signal", 2L));
  }

  @Test
  void aLossThatIsLearnedFromAllTheSameIsAContradiction() throws Exception {
    admit("r", 2);
    for (String id : List.of("r/0", "r/1")) {
      sample(id);
      score(id);
    }
    giveUp("r/0");
    enter(Fact.GIVEN_UP_TOO, LogSource.LETTERS, "r/1"); // by a replay, whose loss nobody counts
    step("ppo", 0, 1, "r/0", "r/1");
    Account account = account();
    assertThat(account.told(Problem.CONTRADICTED, 9))
        .containsExactly(
            "given up by a dead letter, and learned from: rlhf.dead-letters-0@5,"
                + " rlhf.training-metrics-0@7");
    assertThat(account.dead()).isZero();
  }

  @Test
  void whatNobodyAdmittedIsOnNoAccountUnlessRetentionHasTheRequests() throws Exception {
    sample("stray/0");
    sample("stray/0");
    Account strays = account();
    assertThat(strays.unasked()).isOne();
    assertThat(strays.count(Stage.SAMPLED)).isZero();
    assertThat(strays.balances()).isTrue();
    cut.add(LogSource.REQUESTS);
    Account older = account();
    assertThat(older.unasked()).isZero();
    assertThat(older.count(Problem.DOUBLED)).isOne();
  }

  @Test
  void whatWasLearnedFromIsNotLostThoughRetentionHasItsRecords() throws Exception {
    admit("r", 1);
    step("ppo", 0, 1, "r/0");
    allIsDone();
    cut.add(LogSource.ROLLOUTS);
    cut.add(LogSource.SCORED);
    assertThat(account().balances()).isTrue();
  }

  @Test
  void aStepLearnsFromNothingThatHasNoScore() throws Exception {
    step("ppo", 0, 1, "nowhere/0");
    assertThat(account().told(Problem.CONTRADICTED, 9))
        .containsExactly("learned from, but it has no score: rlhf.training-metrics-0@0");
  }

  @Test
  void stepsHaveNoGapsAndAreThereOnce() throws Exception {
    step("ppo", 0, 1);
    step("ppo", 0, 2);
    step("ppo", 0, 2);
    step("ppo", 0, 5);
    step("ppo", 0, 7);
    Account account = account();
    assertThat(account.told(Problem.STEPS, 9))
        .containsExactly(
            "run rlhf.ppo goes from 0.2 to 0.5: steps 3 to 4 are missing:"
                + " rlhf.training-metrics-0@3",
            "run rlhf.ppo goes from 0.5 to 0.7: step 6 is missing: rlhf.training-metrics-0@4");
    assertThat(account.told(Problem.DOUBLED, 9))
        .containsExactly(
            "step 2 of rlhf.ppo twice: rlhf.training-metrics-0@1, rlhf.training-metrics-0@2");
  }

  @Test
  void aRunBeginsWithItsFirstStep() throws Exception {
    step("ppo", 0, 3);
    assertThat(account().told(Problem.STEPS, 9))
        .containsExactly(
            "run rlhf.ppo goes from its beginning to 0.3: steps 1 to 2 are missing:"
                + " rlhf.training-metrics-0@0");
  }

  @Test
  void itsFirstStepsMayBeGoneByRetention() throws Exception {
    cut.add(LogSource.STEPS);
    step("ppo", 0, 3);
    assertThat(account().balances()).isTrue();
  }

  @Test
  void aRollbackOpensAGenerationThatGoesOnWithTheNextStep() throws Exception {
    step("ppo", 0, 1);
    step("ppo", 0, 2);
    step("ppo", 1, 3);
    step("ppo", 2, 4);
    Account account = account();
    assertThat(account.balances()).isTrue();
    assertThat(account.runs().get(0).generations())
        .containsExactly(
            new RunAccount.Generation(0, 1, 2),
            new RunAccount.Generation(1, 3, 3),
            new RunAccount.Generation(2, 4, 4));
  }

  @Test
  void anOlderGenerationDoesNotComeBack() throws Exception {
    step("ppo", 1, 1);
    step("ppo", 0, 2);
    assertThat(account().told(Problem.STEPS, 9))
        .containsExactly("run rlhf.ppo goes back from 1.1 to 0.2: rlhf.training-metrics-0@1");
  }

  @Test
  void weightsThatDrewTokensWereMadeByAStep() throws Exception {
    step("ppo", 0, 1);
    step("ppo", 0, 2);
    step("ppo", 1, 3);
    for (long[] version : new long[][] {{0, 0}, {0, 2}, {1, 2}, {1, 3}, {0, 3}, {1, 9}}) {
      long place = next(LogSource.ROLLOUTS);
      entered.add(() -> entries.used(version[0], version[1], place));
    }
    assertThat(account().told(Problem.WEIGHTS, 9))
        .as("0.3 has no step; 1.9 is newer than the steps that were read")
        .containsExactly("drawn by weights 0.3, which no step has made: rlhf.rollouts-0@7");
  }

  @Test
  void runsThatLearnAsDataComesLeaveThePolicysWeightsWithEachStep() {
    Map<String, Double> live = Map.of("data/withdrawn", 0.0);
    Map<String, Double> withheld = Map.of("data/withdrawn", 0.0, "people/withheld", 1.0);
    assertThat(StepSequence.leavesWeights(metrics("ppo", 0, 1, Map.of(), List.of()))).isTrue();
    assertThat(StepSequence.leavesWeights(metrics("dpo", 0, 1, live, List.of()))).isTrue();
    assertThat(StepSequence.leavesWeights(metrics("dpo", 0, 1, withheld, List.of()))).isFalse();
    assertThat(StepSequence.leavesWeights(metrics("dpo", 0, 1, Map.of(), List.of()))).isFalse();
    assertThat(StepSequence.leavesWeights(metrics("reward", 0, 1, live, List.of()))).isFalse();
    assertThat(StepSequence.leavesWeights(metrics("ppo-replay", 0, 1, Map.of(), List.of())))
        .isFalse();
  }

  @Test
  void aLiveRunLearnsFromAPreferenceOnce() throws Exception {
    Map<String, Double> live = Map.of("data/withdrawn", 0.0, "data/replayed_rows", 1.0);
    for (String id : List.of("before", "a", "b", "held", "back", "refused", "missed")) {
      prefer(Fact.PREFERRED, id);
    }
    prefer(Fact.WITHDRAWN, "back");
    prefer(Fact.REFUSED, "refused");
    step("reward", 0, 1, live, List.of("held"), "a", "b", "a");
    step("reward", 0, 2, live, List.of(), "b", "a");
    allIsDone();
    Account account = account();
    assertThat(account.told(Problem.DOUBLED, 9))
        .containsExactly(
            "learned from by rlhf.reward twice: rlhf.training-metrics-0@9,"
                + " rlhf.training-metrics-0@10");
    assertThat(account.told(Problem.LOST, 9))
        .as("what is before the first that it learned from it was not to read")
        .containsExactly(
            "published; rlhf.reward is done with it, but has not learned from it:"
                + " rlhf.preferences-0@6");
    assertThat(account.preferences()).isEqualTo(7);
    assertThat(account.preferencesLearned()).isEqualTo(2);
    assertThat(account.preferencesHeldOut()).isOne();
    assertThat(account.preferencesWithdrawn()).isOne();
    assertThat(account.preferencesRefused()).isOne();
  }

  @Test
  void bothHalvesOfAPairAreOnePreference() throws Exception {
    Map<String, Double> live = Map.of("data/withdrawn", 0.0);
    prefer(Fact.PREFERRED, "pair");
    step("kto", 0, 1, live, List.of(), "pair/chosen", "pair/rejected");
    allIsDone();
    assertThat(account().balances()).isTrue();
  }

  @Test
  void aRunOfEpochsLearnsFromAllExamplesEquallyOften() throws Exception {
    for (String id : List.of("a", "b", "c")) {
      prefer(Fact.PREFERRED, id);
    }
    step("dpo", 0, 1, "a", "b");
    step("dpo", 0, 2, "c");
    step("dpo", 0, 3, "c", "a");
    assertThat(account().balances()).isTrue();
    step("dpo", 0, 4, "a", "a");
    assertThat(account().count(Problem.DOUBLED)).isOne();
  }

  @Test
  void aPreferenceOfPeopleHasAJudgement() throws Exception {
    long judged = next(LogSource.JUDGEMENTS);
    long answered = next(LogSource.PREFERENCES);
    entered.add(() -> entries.comparison(Fact.JUDGED, "a|b", judged));
    entered.add(() -> entries.comparison(Fact.ANSWERED, "a|b", answered));
    entered.add(() -> entries.comparison(Fact.ANSWERED, "c|d", answered));
    Account account = account();
    assertThat(account.comparisonsJudged()).isOne();
    assertThat(account.comparisonsAnswered()).isEqualTo(2);
    assertThat(account.told(Problem.CONTRADICTED, 9))
        .containsExactly("answers a comparison that nobody has judged: rlhf.preferences-0@1");
  }
}
