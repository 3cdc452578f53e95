package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;

/**
 * The rule that what a generation of weights wrote after the step that a rollback went back to is
 * not learned from: those weights are no ancestors of the ones that are trained now. What it wrote
 * up to that step is.
 *
 * @param generation that a rollback ended
 * @param lastStep the newest of its steps that later generations build on
 */
public record AbandonedGeneration(int generation, long lastStep) {
  /**
   * What is abandoned after one more rollback. It may go further back than those before it, and
   * takes the steps of older generations along then.
   *
   * @param before what was abandoned until then
   * @param current the generation that the rollback ends
   * @param step that it goes back to
   */
  public static List<AbandonedGeneration> after(
      List<AbandonedGeneration> before, int current, long step) {
    List<AbandonedGeneration> after = new ArrayList<>();
    for (AbandonedGeneration older : before) {
      after.add(new AbandonedGeneration(older.generation, Math.min(older.lastStep, step)));
    }
    after.add(new AbandonedGeneration(current, step));
    return List.copyOf(after);
  }

  /** Why a rollout is not learned from; empty if none of its tokens is of abandoned weights. */
  public static Optional<String> problem(Rollout rollout, List<AbandonedGeneration> abandoned) {
    return rollout.getSegments().stream()
        .map(VersionSegment::getVersion)
        .sorted(WeightVersions.ORDER.reversed())
        .flatMap(version -> abandoned.stream().flatMap(one -> one.problem(version).stream()))
        .findFirst();
  }

  /** Whether weights are of those that were rolled back. */
  public boolean has(WeightVersion version) {
    return version.getGeneration() == generation && version.getStep() > lastStep;
  }

  private Optional<String> problem(WeightVersion version) {
    if (!has(version)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "weights %s wrote it, but generation %d was rolled back to step %d: what it wrote after that is not learned from",
            WeightVersions.text(version),
            generation,
            lastStep));
  }
}
