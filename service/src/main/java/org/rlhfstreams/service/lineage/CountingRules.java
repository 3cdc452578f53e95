package org.rlhfstreams.service.lineage;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.ledger.FactVisitor;
import org.rlhfstreams.service.ledger.IdentityFacts;

/**
 * The rules that everything counts exactly once, applied to what is known of one identity:
 *
 * <ul>
 *   <li>A response is admitted, sampled and scored once, and each run of rollouts learns from it
 *       once, or a dead letter says why not. Several letters about it count once.
 *   <li>A scorer of ours scores it once, and it goes on only with a score by each that is required;
 *       scores of others may be there several times, and count once.
 *   <li>If a stage is done with it, the next one has it.
 *   <li>A live run learns from a preference once, a run of epochs once an epoch.
 *   <li>A step has one record, and weights that drew tokens were made by a step.
 * </ul>
 *
 * <p>One thread; several of them add up their tallies.
 */
@SuppressWarnings("EnumOrdinal") // an index in memory, which nothing keeps
final class CountingRules implements FactVisitor {
  private static final int FACTS = Fact.values().length;

  private final LogProgress progress;
  private final List<StepSequence> runs;
  private final Set<LogSource> cut;
  private final WeightVersion newest;
  private final ScorerNames scorers;
  private final Tally tally;
  private final int[] times = new int[FACTS];
  private final long[] first = new long[FACTS];
  private final int[] firstIndex = new int[FACTS];
  private final int[] learnedBy;
  private final int[] partsBy;

  /**
   * @param cut topics whose first records retention has removed
   * @param newest weights of which the log's steps speak
   */
  CountingRules(
      LogProgress progress,
      List<StepSequence> runs,
      Set<LogSource> cut,
      WeightVersion newest,
      ScorerNames scorers,
      Tally tally) {
    this.progress = progress;
    this.runs = runs;
    this.cut = cut;
    this.newest = newest;
    this.scorers = scorers;
    this.tally = tally;
    this.learnedBy = new int[runs.size()];
    this.partsBy = new int[runs.size() * AccountEntries.PARTS.length];
  }

  @Override
  public void visit(IdentityFacts facts) {
    Arrays.fill(times, 0);
    for (int i = 0; i < facts.size(); i++) {
      int fact = Fact.of(facts.fact(i)).ordinal();
      if (times[fact]++ == 0) {
        first[fact] = facts.place(i);
        firstIndex[fact] = Fact.index(facts.fact(i));
      }
    }
    switch (Fact.of(facts.fact(0))) {
      case ADMITTED, SAMPLED, SCORED, GRADED, LEARNED, GIVEN_UP, GIVEN_UP_TOO -> response(facts);
      case USED, MADE -> weights(facts);
      case STEPPED -> step(facts);
      case PREFERRED, WITHDRAWN, FOLLOWED, HELD_OUT, REFUSED -> preference(facts);
      case JUDGED, ANSWERED -> comparison();
    }
  }

  private int times(Fact fact) {
    return times[fact.ordinal()];
  }

  private boolean has(Fact fact) {
    return times[fact.ordinal()] > 0;
  }

  private long first(Fact fact) {
    return first[fact.ordinal()];
  }

  /** A finding about one fact, at its first place. */
  private void find(Problem problem, String what, Fact fact) {
    tally.find(problem, what, firstIndex[fact.ordinal()], first(fact));
  }

  /** A finding about a fact that there is several times, with all its places. */
  private void twice(String what, IdentityFacts facts, Fact fact, int group) {
    long[] places = new long[facts.size()];
    int count = 0;
    int index = 0;
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < facts.size(); i++) {
      if (Fact.of(facts.fact(i)) == fact && Fact.group(facts.fact(i)) == group) {
        if (facts.place(i) < earliest) {
          earliest = facts.place(i);
          index = Fact.index(facts.fact(i));
        }
        places[count++] = facts.place(i);
      }
    }
    Arrays.sort(places, 0, count);
    tally.find(
        Problem.DOUBLED,
        count == 2 ? what + " twice" : String.format(Locale.ROOT, "%s %d times", what, count),
        fact == Fact.STEPPED ? Finding.NAMELESS : index,
        Arrays.copyOf(places, count));
  }

  private void response(IdentityFacts facts) {
    countLearners(facts);
    if (has(Fact.LEARNED) && !has(Fact.SCORED) && !cut.contains(LogSource.SCORED)) {
      find(Problem.CONTRADICTED, "learned from, but it has no score", Fact.LEARNED);
    }
    if (!has(Fact.ADMITTED) && !cut.contains(LogSource.REQUESTS)) {
      if (has(Fact.SAMPLED) || has(Fact.SCORED)) {
        tally.add(Count.UNASKED);
      }
      return;
    }
    stage(facts, Fact.ADMITTED, Count.ADMITTED, "admitted");
    stage(facts, Fact.SAMPLED, Count.SAMPLED, "sampled");
    stage(facts, Fact.SCORED, Count.SCORED, "scored");
    if (has(Fact.LEARNED)) {
      tally.add(Count.LEARNED);
    }
    for (int run = 0; run < learnedBy.length; run++) {
      if (learnedBy[run] > 1) {
        twice("learned from by " + runs.get(run).runId(), facts, Fact.LEARNED, run);
      }
    }
    if (has(Fact.SCORED) && !has(Fact.SAMPLED) && !cut.contains(LogSource.ROLLOUTS)) {
      find(Problem.CONTRADICTED, "scored, but nobody has sampled it", Fact.SCORED);
    }
    graded(facts);
    if (has(Fact.GIVEN_UP) || has(Fact.GIVEN_UP_TOO)) {
      givenUp(facts);
    } else {
      whereabouts(facts);
    }
  }

  /** Who has scored it how often: once each, and all that it has waited for. */
  private void graded(IdentityFacts facts) {
    Map<Integer, Integer> times = gradings(facts);
    times.forEach(
        (scorer, count) -> {
          tally.graded(scorer);
          if (count > 1 && progress.scorers().contains(scorer)) {
            twice("scored by " + scorers.name(scorer), facts, Fact.GRADED, scorer);
          } else if (count > 1) {
            tally.add(Count.REPEATED_SCORES, count - 1);
          }
        });
    if (has(Fact.SCORED) && !cut.contains(LogSource.SCORES)) {
      for (int scorer : scorers.ofSet(firstGroup(facts, Fact.SCORED))) {
        if (!times.containsKey(scorer)) {
          find(
              Problem.CONTRADICTED,
              "scored, but not by %s, which it has waited for".formatted(scorers.name(scorer)),
              Fact.SCORED);
        }
      }
    }
  }

  private Map<Integer, Integer> gradings(IdentityFacts facts) {
    if (!has(Fact.GRADED)) {
      return Map.of();
    }
    Map<Integer, Integer> gradings = new TreeMap<>();
    for (int i = 0; i < facts.size(); i++) {
      if (Fact.of(facts.fact(i)) == Fact.GRADED) {
        gradings.merge(Fact.group(facts.fact(i)), 1, Integer::sum);
      }
    }
    return gradings;
  }

  private static int firstGroup(IdentityFacts facts, Fact fact) {
    for (int i = 0; i < facts.size(); i++) {
      if (Fact.of(facts.fact(i)) == fact) {
        return Fact.group(facts.fact(i));
      }
    }
    throw new IllegalArgumentException("there is no such fact");
  }

  private void countLearners(IdentityFacts facts) {
    Arrays.fill(learnedBy, 0);
    for (int i = 0; i < facts.size(); i++) {
      if (Fact.of(facts.fact(i)) == Fact.LEARNED) {
        learnedBy[Fact.group(facts.fact(i))]++;
      }
    }
  }

  private void stage(IdentityFacts facts, Fact fact, Count count, String text) {
    if (has(fact)) {
      tally.add(count);
    }
    if (times(fact) > 1) {
      twice(text, facts, fact, 0);
    }
  }

  /**
   * A letter about a response that a later stage has all the same is wrong, if it counts a loss.
   */
  private void givenUp(IdentityFacts facts) {
    if (has(Fact.LEARNED)) {
      if (has(Fact.GIVEN_UP)) {
        tally.find(
            Problem.CONTRADICTED,
            "given up by a dead letter, and learned from",
            0,
            first(Fact.GIVEN_UP),
            first(Fact.LEARNED));
      }
      return; // a replay may refuse what a run has learned from
    }
    tally.add(Count.GIVEN_UP);
    tally.add(Count.REPEATED_LETTERS, times(Fact.GIVEN_UP) + times(Fact.GIVEN_UP_TOO) - 1);
    for (int i = 0; i < facts.size(); i++) {
      Fact fact = Fact.of(facts.fact(i));
      if (fact == Fact.GIVEN_UP || fact == Fact.GIVEN_UP_TOO) {
        tally.givenUp(Fact.group(facts.fact(i)));
        break;
      }
    }
  }

  private void whereabouts(IdentityFacts facts) {
    if (has(Fact.SCORED)) {
      waitsForLearners();
    } else if (has(Fact.LEARNED)) {
      return; // retention has removed what came before
    } else if (has(Fact.SAMPLED) && isLostAtScores(facts)) {
      return;
    } else if (has(Fact.SAMPLED)) {
      waits(
          Fact.SAMPLED,
          LogSource.ROLLOUTS,
          Count.WAITING_FOR_SCORING,
          "sampled; scoring is done with it, but it has no score");
    } else if (has(Fact.ADMITTED)) {
      waits(
          Fact.ADMITTED,
          LogSource.REQUESTS,
          Count.WAITING_FOR_WORKERS,
          "admitted; the workers are done with it, but nobody has sampled it");
    }
  }

  /**
   * The join has it, and has not let it go on: then each scorer that is done with it has said
   * something of it, and some of what it waits for is not there, or not read.
   */
  private boolean isLostAtScores(IdentityFacts facts) {
    long sampled = first(Fact.SAMPLED);
    if (!progress.isJoined(LogSource.ROLLOUTS, sampled)) {
      return false;
    }
    Map<Integer, Integer> gradings = gradings(facts);
    for (int scorer : progress.scorers()) {
      if (progress.isPassedByScorer(scorer, sampled) && !gradings.containsKey(scorer)) {
        find(
            Problem.LOST,
            "sampled; the scorer %s is done with it, but has not scored it"
                .formatted(scorers.name(scorer)),
            Fact.SAMPLED);
        return true;
      }
    }
    List<Integer> required = scorers.onlySet();
    if (required.isEmpty() || !gradings.keySet().containsAll(required)) {
      return false;
    }
    for (int i = 0; i < facts.size(); i++) {
      if (Fact.of(facts.fact(i)) == Fact.GRADED
          && !progress.isJoined(LogSource.SCORES, facts.place(i))) {
        return false;
      }
    }
    find(
        Problem.LOST,
        "sampled; the join is done with it and its scores, but it has not gone on",
        Fact.SAMPLED);
    return true;
  }

  private void waits(Fact fact, LogSource source, Count count, String lost) {
    if (progress.isPassed(source, first(fact))) {
      find(Problem.LOST, lost, fact);
    } else {
      tally.add(count);
    }
  }

  private void waitsForLearners() {
    boolean lost = false;
    for (StepSequence run : runs) {
      if (run.fromRollouts()
          && learnedBy[run.index()] == 0
          && progress.isPassedBy(run.index(), first(Fact.SCORED))) {
        find(
            Problem.LOST,
            "scored; " + run.runId() + " is done with it, but has not learned from it",
            Fact.SCORED);
        lost = true;
      }
    }
    if (!lost && !has(Fact.LEARNED)) {
      tally.add(Count.WAITING_FOR_LEARNERS);
    }
  }

  private void weights(IdentityFacts facts) {
    if (!has(Fact.USED) || has(Fact.MADE) || cut.contains(LogSource.STEPS)) {
      return;
    }
    WeightVersion version =
        new WeightVersion(Fact.group(facts.fact(0)), (long) Fact.index(facts.fact(0)));
    if (version.getStep() > 0 && !WeightVersions.isNewer(version, newest)) {
      find(
          Problem.WEIGHTS,
          "drawn by weights " + WeightVersions.text(version) + ", which no step has made",
          Fact.USED);
    }
  }

  private void step(IdentityFacts facts) {
    if (times(Fact.STEPPED) > 1) {
      int run = Fact.group(facts.fact(0));
      twice(
          String.format(
              Locale.ROOT, "step %d of %s", Fact.index(facts.fact(0)), runs.get(run).runId()),
          facts,
          Fact.STEPPED,
          run);
    }
  }

  private void preference(IdentityFacts facts) {
    count(Fact.PREFERRED, Count.PREFERENCES);
    count(Fact.WITHDRAWN, Count.WITHDRAWN);
    count(Fact.FOLLOWED, Count.FOLLOWED);
    count(Fact.HELD_OUT, Count.HELD_OUT);
    count(Fact.REFUSED, Count.REFUSED);
    if (has(Fact.FOLLOWED) && !has(Fact.PREFERRED) && !cut.contains(LogSource.PREFERENCES)) {
      find(Problem.CONTRADICTED, "learned from, but nobody has published it", Fact.FOLLOWED);
    }
    Arrays.fill(learnedBy, 0);
    Arrays.fill(partsBy, 0);
    int parts = AccountEntries.PARTS.length;
    for (int i = 0; i < facts.size(); i++) {
      Fact fact = Fact.of(facts.fact(i));
      int run = Fact.group(facts.fact(i));
      if (fact == Fact.FOLLOWED) {
        learnedBy[run]++;
        partsBy[run * parts + Fact.index(facts.fact(i)) % parts]++;
      } else if (fact == Fact.HELD_OUT) {
        learnedBy[run]++;
      }
    }
    for (StepSequence run : runs) {
      if (run.fromPreferences() && run.isLive()) {
        followedOnce(run, facts);
      } else if (run.fromPreferences()) {
        for (int part = 0; part < parts; part++) {
          int count = partsBy[run.index() * parts + part];
          if (count > 0) {
            tally.inEpochs(
                run.index(), count, firstIndex[Fact.FOLLOWED.ordinal()], first(Fact.FOLLOWED));
          }
        }
      }
    }
  }

  private void count(Fact fact, Count count) {
    if (has(fact)) {
      tally.add(count);
    }
  }

  /** One that was taken back and published again counts again. */
  private void followedOnce(StepSequence run, IdentityFacts facts) {
    int parts = AccountEntries.PARTS.length;
    for (int part = 0; part < parts; part++) {
      if (partsBy[run.index() * parts + part] > 1 + times(Fact.WITHDRAWN)) {
        twice("learned from by " + run.runId(), facts, Fact.FOLLOWED, run.index());
        break;
      }
    }
    if (!has(Fact.PREFERRED)) {
      return;
    }
    if (learnedBy[run.index()] > 0) {
      tally.taken(run.index(), LogPlace.offset(first(Fact.PREFERRED)));
    } else if (!has(Fact.WITHDRAWN)
        && !has(Fact.REFUSED)
        && progress.isPassedBy(run.index(), first(Fact.PREFERRED))) {
      tally.passedOver(
          run.index(),
          "published; " + run.runId() + " is done with it, but has not learned from it",
          first(Fact.PREFERRED));
    }
  }

  private void comparison() {
    if (has(Fact.JUDGED)) {
      tally.add(Count.JUDGED);
    }
    if (has(Fact.ANSWERED)) {
      tally.add(Count.ANSWERED);
      if (!has(Fact.JUDGED) && !cut.contains(LogSource.JUDGEMENTS)) {
        find(Problem.CONTRADICTED, "answers a comparison that nobody has judged", Fact.ANSWERED);
      }
    }
  }
}
