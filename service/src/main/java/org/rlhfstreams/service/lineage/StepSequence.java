package org.rlhfstreams.service.lineage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * The steps of one run in the order of the log. The rule: they are counted 1, 2, 3, … without a
 * gap, through rollbacks too; a rollback opens a newer generation, whose first step follows the
 * last of the one before.
 */
final class StepSequence {
  private static final String REPLAY = "-replay";
  private static final String WITHDRAWN = "data/withdrawn";
  private static final String REPLAYED = "data/replayed_rows";
  private static final String SKIPPED = "update/skipped";
  private static final String WITHHELD = "people/withheld";

  private final int index;
  private final String runId;
  private final String objective;
  private final boolean fromRollouts;
  private final boolean known;
  private final List<RunAccount.Generation> generations = new ArrayList<>();
  private Optional<WeightVersion> newest = Optional.empty();
  private boolean live;
  private long steps;
  private long skipped;
  private long examples;

  /**
   * @param index of the run, which facts name it by
   */
  StepSequence(int index, String runId, String objective) {
    this.index = index;
    this.runId = runId;
    this.objective = objective;
    Optional<TrainingObjective> own = TrainingObjective.named(objective);
    this.known = own.isPresent();
    this.fromRollouts = own.filter(TrainingObjective::learnsFromRollouts).isPresent();
  }

  /**
   * Takes the next step.
   *
   * @param whole whether the log still has the run's first one
   */
  void take(StepMetrics step, long place, boolean whole, AccountEntries entries, Tally tally) {
    WeightVersion version = step.getVersion();
    long expected = newest.map(WeightVersion::getStep).orElse(0L) + 1;
    boolean repeated = newest.isPresent() && version.getStep() < expected;
    if (!repeated && version.getStep() > expected && (newest.isPresent() || whole)) {
      tally.find(
          Problem.STEPS,
          String.format(
              Locale.ROOT,
              "run %s goes from %s to %s: step%s %d%s missing",
              runId,
              newest.map(WeightVersions::text).orElse("its beginning"),
              WeightVersions.text(version),
              version.getStep() - expected > 1 ? "s" : "",
              expected,
              version.getStep() - expected > 1
                  ? String.format(Locale.ROOT, " to %d are", version.getStep() - 1)
                  : " is"),
          Finding.NAMELESS,
          place);
    }
    if (newest.isPresent() && version.getGeneration() < newest.get().getGeneration()) {
      tally.find(
          Problem.STEPS,
          String.format(
              Locale.ROOT,
              "run %s goes back from %s to %s",
              runId,
              WeightVersions.text(newest.get()),
              WeightVersions.text(version)),
          Finding.NAMELESS,
          place);
    } else if (!repeated) {
      extend(version, place, entries);
    }
    entries.stepped(index, version.getStep(), place);
    if (trainsPolicy()) {
      entries.made(version.getGeneration(), version.getStep(), place);
    }
    steps++;
    examples += step.getRolloutIds().size();
    live |= step.getValues().containsKey(WITHDRAWN);
    skipped += step.getValues().getOrDefault(SKIPPED, 0.0) > 0 ? 1 : 0;
    learn(step, place, entries);
  }

  private void extend(WeightVersion version, long place, AccountEntries entries) {
    RunAccount.Generation last =
        generations.isEmpty() ? null : generations.get(generations.size() - 1);
    if (last != null && last.number() == version.getGeneration()) {
      generations.set(
          generations.size() - 1,
          new RunAccount.Generation(last.number(), last.first(), version.getStep()));
    } else {
      generations.add(
          new RunAccount.Generation(version.getGeneration(), version.getStep(), version.getStep()));
      if (trainsPolicy()) {
        // What it began with: the run's first weights, or those that a rollback went back to.
        entries.made(version.getGeneration(), version.getStep() - 1, place);
      }
    }
    newest = Optional.of(version);
  }

  private void learn(StepMetrics step, long place, AccountEntries entries) {
    List<String> ids = step.getRolloutIds();
    if (fromRollouts) {
      for (int i = 0; i < ids.size(); i++) {
        entries.learned(index, i, ids.get(i), place);
      }
    } else if (known) {
      // Those at the end were learned before, and are learned again on purpose.
      int fresh = ids.size() - step.getValues().getOrDefault(REPLAYED, 0.0).intValue();
      for (int i = 0; i < fresh; i++) {
        entries.followed(index, i, ids.get(i), place);
      }
      step.getHeldOutIds().forEach(id -> entries.preference(Fact.HELD_OUT, index, id, place));
    }
  }

  /**
   * Whether a step has learned from rollouts as they came; those of a replay are named otherwise.
   */
  static boolean learnsFromRollouts(StepMetrics step) {
    return TrainingObjective.named(step.getObjective())
        .filter(TrainingObjective::learnsFromRollouts)
        .isPresent();
  }

  /**
   * Whether a step should have a version of the policy's weights: those of runs that learn as data
   * comes do, unless they are withheld; runs of epochs publish with their checkpoints.
   */
  static boolean leavesWeights(StepMetrics step) {
    boolean policy =
        TrainingObjective.named(step.getObjective())
            .filter(objective -> !objective.trainsRewardModel())
            .isPresent();
    boolean asItComes = learnsFromRollouts(step) || step.getValues().containsKey(WITHDRAWN);
    return policy && asItComes && step.getValues().getOrDefault(WITHHELD, 0.0) == 0;
  }

  private boolean trainsPolicy() {
    String name =
        objective.endsWith(REPLAY)
            ? objective.substring(0, objective.length() - REPLAY.length())
            : objective;
    return TrainingObjective.named(name).filter(one -> !one.trainsRewardModel()).isPresent();
  }

  int index() {
    return index;
  }

  String runId() {
    return runId;
  }

  String objective() {
    return objective;
  }

  /** Whether it learns from rollouts as they come. */
  boolean fromRollouts() {
    return fromRollouts;
  }

  /** Whether it learns from preferences: all of them for epochs, or as they come. */
  boolean fromPreferences() {
    return known && !fromRollouts;
  }

  /** Whether it learns from preferences as they come, each of them once. */
  boolean isLive() {
    return live;
  }

  Optional<WeightVersion> newest() {
    return newest;
  }

  RunAccount account() {
    return new RunAccount(runId, objective, steps, examples, skipped, generations);
  }
}
