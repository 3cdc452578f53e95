package org.rlhfstreams.topology.comparisons;

import java.util.Comparator;
import java.util.List;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;

/**
 * What pairing knows of a rollout that waits for another.
 *
 * @param prompt its id and its text: two texts under one id are two prompts
 * @param text of the response without the white space around it, which people cannot see
 * @param version that finished it
 */
record PendingRollout(
    String rolloutId, String prompt, String text, WeightVersion version, double score) {
  /** The oldest version first. */
  static final Comparator<PendingRollout> BY_AGE =
      Comparator.comparing(PendingRollout::version, WeightVersions.ORDER)
          .thenComparing(PendingRollout::rolloutId);

  static PendingRollout of(ScoredRollout scored) {
    Rollout rollout = scored.getRollout();
    return new PendingRollout(
        rollout.getRolloutId(),
        rollout.getPromptId() + "\n" + rollout.getPromptText(),
        rollout.getResponseText().strip(),
        finishedBy(rollout),
        scored.getScore());
  }

  /** The policy version that finished a rollout. */
  static WeightVersion finishedBy(Rollout rollout) {
    List<VersionSegment> segments = rollout.getSegments();
    return segments.get(segments.size() - 1).getVersion();
  }
}
