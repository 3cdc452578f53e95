package org.rlhfstreams.service.lineage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.ledger.Ledger;

/**
 * The account of a log: every admitted response is sampled, scored and learned from once, or was
 * given up for a reason; every step is there once and has its weights; every preference counts as
 * often as its run says. What is not so is found, and named by where it lies.
 */
public final class Account {
  /** Each of them holds a part of the ledger, some 30 MB. */
  private static final int MOST_THREADS = 4;

  private static final String SET_ASIDE = "learner: " + DeadLetterKind.SIGNAL.text();

  private final Tally tally;
  private final List<RunAccount> runs;
  private final SortedMap<String, Long> reasons;
  private final SortedMap<String, Long> byScorer;
  private final Topics topics;
  private final Map<Problem, List<Finding>> shown = new LinkedHashMap<>();

  /** What can happen to a response. */
  public enum Stage {
    /** It was admitted. */
    ADMITTED(Count.ADMITTED),
    /** A worker has sampled it. */
    SAMPLED(Count.SAMPLED),
    /** It has all the scores that it waited for. */
    SCORED(Count.SCORED),
    /** A step has learned from it. */
    LEARNED(Count.LEARNED);

    private final Count count;

    Stage(Count count) {
      this.count = count;
    }
  }

  private Account(
      Tally tally,
      List<RunAccount> runs,
      SortedMap<String, Long> reasons,
      SortedMap<String, Long> byScorer,
      Topics topics) {
    this.tally = tally;
    this.runs = List.copyOf(runs);
    this.reasons = reasons;
    this.byScorer = byScorer;
    this.topics = topics;
  }

  /**
   * Applies the rules to all that was entered.
   *
   * @param read what was counted and found while the log was read
   * @param runs in the order of their indices
   * @param reasons of dead letters, in the order of their indices
   * @param scorers by the numbers that were entered
   * @param cut topics whose first records retention has removed
   */
  static Account of(
      Ledger ledger,
      Tally read,
      LogProgress progress,
      List<StepSequence> runs,
      List<String> reasons,
      ScorerNames scorers,
      Set<LogSource> cut,
      Topics topics,
      int threads)
      throws InterruptedException {
    WeightVersion newest =
        runs.stream()
            .flatMap(run -> run.newest().stream())
            .max(WeightVersions.ORDER)
            .orElse(new WeightVersion(0, 0L));
    List<Tally> tallies = new ArrayList<>();
    ledger.visit(
        Math.min(threads, MOST_THREADS),
        () -> {
          Tally own = new Tally();
          synchronized (tallies) {
            tallies.add(own);
          }
          return new CountingRules(progress, runs, cut, newest, scorers, own);
        });
    Tally all = new Tally();
    all.addAll(read);
    tallies.forEach(all::addAll);
    new PreferencePasses(runs).check(all);
    SortedMap<String, Long> byReason = new TreeMap<>();
    all.reasons().forEach((reason, count) -> byReason.merge(reasons.get(reason), count, Long::sum));
    SortedMap<String, Long> byScorer = new TreeMap<>();
    all.graded().forEach((scorer, count) -> byScorer.put(scorers.name(scorer), count));
    return new Account(
        all, runs.stream().map(StepSequence::account).toList(), byReason, byScorer, topics);
  }

  /** Requests in the log. */
  public long requests() {
    return tally.count(Count.REQUESTS);
  }

  /** Different admitted responses that have come so far. */
  public long count(Stage stage) {
    return tally.count(stage.count);
  }

  /** Admitted responses that were given up, with a dead letter that says why. */
  public long dead() {
    return tally.count(Count.GIVEN_UP);
  }

  /**
   * Those that the learner has set aside since all responses to their request earned the same; the
   * others that were given up are lost.
   */
  public long setAside() {
    return reasons.getOrDefault(SET_ASIDE, 0L);
  }

  /** The same by who gave them up and the sort of reason, such as {@code learner: group}. */
  public SortedMap<String, Long> deadByReason() {
    return reasons;
  }

  /** Scores in the log. */
  public long scores() {
    return tally.count(Count.SCORES);
  }

  /** Of those the ones that rollouts of the past were given later; they are on no account. */
  public long rescored() {
    return tally.count(Count.RESCORED);
  }

  /** By scorer, of how many admitted responses it has said something. */
  public SortedMap<String, Long> scoredBy() {
    return byScorer;
  }

  /** Scores of programs of others that were there already; each counts once. */
  public long repeatedScores() {
    return tally.count(Count.REPEATED_SCORES);
  }

  /** Dead letters about responses that had been given up before; they count for nothing. */
  public long repeatedLetters() {
    return tally.count(Count.REPEATED_LETTERS);
  }

  /** Dead letters that count a loss and do not say of what: their record is gone. */
  public long unreadableLetters() {
    return tally.count(Count.UNREADABLE_LETTERS);
  }

  /** Admitted responses that wait for a worker. */
  public long waitingForWorkers() {
    return tally.count(Count.WAITING_FOR_WORKERS);
  }

  /** Sampled responses that wait for their score. */
  public long waitingForScoring() {
    return tally.count(Count.WAITING_FOR_SCORING);
  }

  /** Scored responses that wait for a step. */
  public long waitingForLearners() {
    return tally.count(Count.WAITING_FOR_LEARNERS);
  }

  /** Responses that nobody has admitted, such as those of a test; they are on no account. */
  public long unasked() {
    return tally.count(Count.UNASKED);
  }

  /**
   * Responses that measure versions of the policy; nobody learns from them, they are on no account.
   */
  public long evaluations() {
    return tally.count(Count.EVALUATIONS);
  }

  /** Different preferences in the log. */
  public long preferences() {
    return tally.count(Count.PREFERENCES);
  }

  /** Those that a step has learned from. */
  public long preferencesLearned() {
    return tally.count(Count.FOLLOWED);
  }

  /** Those that models are judged by and that no step learns from. */
  public long preferencesHeldOut() {
    return tally.count(Count.HELD_OUT);
  }

  /** Those that were taken back. */
  public long preferencesWithdrawn() {
    return tally.count(Count.WITHDRAWN);
  }

  /** Those that cannot be learned from, with a dead letter that says why. */
  public long preferencesRefused() {
    return tally.count(Count.REFUSED);
  }

  /** Comparisons that somebody has judged. */
  public long comparisonsJudged() {
    return tally.count(Count.JUDGED);
  }

  /** Those whose answers are a preference. */
  public long comparisonsAnswered() {
    return tally.count(Count.ANSWERED);
  }

  /** The steps of each run. */
  public List<RunAccount> runs() {
    return runs;
  }

  /** How many of a sort of problem there are. */
  public long count(Problem problem) {
    return tally.findings(problem).count();
  }

  /**
   * The first of a sort of problem, by place in the log: what it is about, what is wrong, and where
   * the records are that show it.
   */
  public List<String> told(Problem problem, int most) {
    return findings(problem, most).stream().map(this::text).toList();
  }

  List<Finding> findings(Problem problem, int most) {
    List<Finding> first = new ArrayList<>(tally.findings(problem).first(most));
    List<Finding> named = shown.getOrDefault(problem, List.of());
    for (int i = 0; i < Math.min(named.size(), first.size()); i++) {
      first.set(i, named.get(i));
    }
    return first;
  }

  /** Replaces the first findings of a sort by the same with their ids. */
  void show(Problem problem, List<Finding> named) {
    shown.put(problem, List.copyOf(named));
  }

  private String text(Finding finding) {
    List<String> places = finding.places().stream().map(place -> place.text(topics)).toList();
    return finding.id().map(id -> id + ": ").orElse("")
        + finding.what()
        + ": "
        + String.join(", ", places);
  }

  /** Whether no problem was found. */
  public boolean balances() {
    for (Problem problem : Problem.values()) {
      if (count(problem) > 0) {
        return false;
      }
    }
    return true;
  }
}
