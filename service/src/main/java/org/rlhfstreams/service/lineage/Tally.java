package org.rlhfstreams.service.lineage;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What has been counted and found, by one thread. */
@SuppressWarnings("EnumOrdinal") // an index in memory, which nothing keeps
final class Tally {
  private final long[] counts = new long[Count.values().length];
  private final Map<Integer, Long> reasons = new TreeMap<>();
  private final Map<Integer, Long> graded = new TreeMap<>();
  private final Map<Problem, Findings> findings = new EnumMap<>(Problem.class);
  private final Map<Integer, SortedMap<Integer, Findings>> epochs = new TreeMap<>();
  private final Map<Integer, Findings> passedOver = new TreeMap<>();
  private final Map<Integer, Long> firstTaken = new TreeMap<>();

  Tally() {
    for (Problem problem : Problem.values()) {
      findings.put(problem, new Findings());
    }
  }

  void add(Count count) {
    counts[count.ordinal()]++;
  }

  void add(Count count, long more) {
    counts[count.ordinal()] += more;
  }

  long count(Count count) {
    return counts[count.ordinal()];
  }

  void givenUp(int reason) {
    reasons.merge(reason, 1L, Long::sum);
  }

  Map<Integer, Long> reasons() {
    return reasons;
  }

  /** A scorer has said something of one more response. */
  void graded(int scorer) {
    graded.merge(scorer, 1L, Long::sum);
  }

  /** By scorer, of how many responses it has said something. */
  Map<Integer, Long> graded() {
    return graded;
  }

  /**
   * Notes what may not be.
   *
   * @param index of the thing within the first of the records
   */
  void find(Problem problem, String what, int index, long... places) {
    findings.get(problem).add(finding(what, index, places));
  }

  private static Finding finding(String what, int index, long... places) {
    List<LogPlace> at = new ArrayList<>();
    for (long place : places) {
      at.add(LogPlace.of(place));
    }
    return new Finding(Optional.empty(), what, at, index);
  }

  Findings findings(Problem problem) {
    return findings.get(problem);
  }

  /** Notes how often a run of epochs has learned from an example. */
  void inEpochs(int run, int times, int index, long place) {
    epochs
        .computeIfAbsent(run, any -> new TreeMap<>())
        .computeIfAbsent(times, any -> new Findings())
        .add(finding("learned from " + times + " times", index, place));
  }

  /** By run, how many examples it has learned from how often. */
  Map<Integer, SortedMap<Integer, Findings>> epochs() {
    return epochs;
  }

  /** Notes a preference that a live run has done something with. */
  void taken(int run, long offset) {
    firstTaken.merge(run, offset, Math::min);
  }

  /** Notes a preference that a live run is past, and has done nothing with. */
  void passedOver(int run, String what, long place) {
    passedOver.computeIfAbsent(run, any -> new Findings()).add(finding(what, 0, place));
  }

  /** By run, what it has passed over; before its first one is what it was not to read. */
  Map<Integer, Findings> passedOver() {
    return passedOver;
  }

  /** By run, the offset of the first preference that it has done something with. */
  Map<Integer, Long> firstTaken() {
    return firstTaken;
  }

  /** Adds what another thread has counted. */
  void addAll(Tally other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    other.reasons.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    other.graded.forEach((scorer, count) -> graded.merge(scorer, count, Long::sum));
    other.findings.forEach((problem, found) -> findings.get(problem).addAll(found));
    other.epochs.forEach(
        (run, byTimes) ->
            byTimes.forEach(
                (times, found) ->
                    epochs
                        .computeIfAbsent(run, any -> new TreeMap<>())
                        .computeIfAbsent(times, any -> new Findings())
                        .addAll(found)));
    other.passedOver.forEach(
        (run, found) -> passedOver.computeIfAbsent(run, any -> new Findings()).addAll(found));
    other.firstTaken.forEach((run, offset) -> firstTaken.merge(run, offset, Math::min));
  }
}
