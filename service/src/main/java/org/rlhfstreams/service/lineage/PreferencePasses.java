package org.rlhfstreams.service.lineage;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * The rules that need all preferences of a run. A run of epochs has learned from each of its
 * examples equally often, up to once more for those that the newest epoch has come to. A live run
 * passes over nothing behind the first preference that it was to read.
 */
final class PreferencePasses {
  private final List<StepSequence> runs;

  PreferencePasses(List<StepSequence> runs) {
    this.runs = runs;
  }

  void check(Tally tally) {
    tally.epochs().forEach((run, byTimes) -> checkEpochs(runs.get(run), byTimes, tally));
    tally
        .passedOver()
        .forEach(
            (run, found) -> {
              long first = tally.firstTaken().getOrDefault(run, Long.MAX_VALUE);
              for (Finding finding : found.first(Integer.MAX_VALUE)) {
                if (finding.places().get(0).offset() >= first) {
                  tally.findings(Problem.LOST).add(finding);
                }
              }
            });
  }

  private static void checkEpochs(
      StepSequence run, SortedMap<Integer, Findings> byTimes, Tally tally) {
    long examples = byTimes.values().stream().mapToLong(Findings::count).sum();
    long learned =
        byTimes.entrySet().stream()
            .mapToLong(entry -> entry.getKey() * entry.getValue().count())
            .sum();
    long epochs = learned / examples;
    for (Map.Entry<Integer, Findings> entry : byTimes.entrySet()) {
      if (entry.getKey() > epochs + 1 || entry.getKey() < epochs) {
        Problem problem = entry.getKey() > epochs ? Problem.DOUBLED : Problem.LOST;
        for (Finding finding : entry.getValue().first(Integer.MAX_VALUE)) {
          tally
              .findings(problem)
              .add(
                  new Finding(
                      finding.id(),
                      String.format(
                          Locale.ROOT,
                          "%s by %s, in whose epoch %d others are",
                          finding.what(),
                          run.runId(),
                          epochs + 1),
                      finding.places(),
                      finding.index()));
        }
      }
    }
  }
}
