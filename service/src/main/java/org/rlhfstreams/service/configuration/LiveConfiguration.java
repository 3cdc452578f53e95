package org.rlhfstreams.service.configuration;

import java.util.Locale;
import java.util.OptionalDouble;
import org.rlhfstreams.service.objective.TrainingObjective;

/** Learning from preferences as they come, with {@code range.until = never}. */
public record LiveConfiguration(
    @Setting(
            range = "[0, 1)",
            description =
                "Share of a step that is learned again, from rows of earlier steps; when not set 0.5"
                    + " for reward and 0 for other objectives.")
        OptionalDouble replayShare,
    @Setting(
            value = "10000",
            range = "[1, inf)",
            description =
                "Rows held in memory to be learned again: a fair sample of all that were learned.")
        int replayRows,
    @Setting(
            range = "[0, 1)",
            description =
                "Share of the preferences that is never learned from but judges each new reward"
                    + " model, chosen by seed and id; when not set 0.1. Other objectives learn from"
                    + " all.")
        OptionalDouble heldOutShare,
    @Setting(
            value = "200",
            range = "[1, inf)",
            description = "Newest held-out preferences that a reward model is judged by.")
        int heldOutRows,
    @Setting(
            value = "20",
            range = "[1, inf)",
            description = "Held-out preferences below which a new version goes out unjudged.")
        int guardRows) {
  private static final double USUAL_REPLAY = 0.5;
  private static final double USUAL_HELD_OUT = 0.1;

  /** Refuses a guard that would never have enough to judge by. */
  public LiveConfiguration {
    if (guardRows > heldOutRows) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "live.guard-rows = %d is more than live.held-out-rows = %d: no version would ever be judged; make the second at least as large",
              guardRows,
              heldOutRows));
    }
  }

  /** Share of a step that is learned again. */
  public double replayShareFor(TrainingObjective objective) {
    return replayShare.orElse(objective.trainsRewardModel() ? USUAL_REPLAY : 0);
  }

  /** Share of the preferences that is never learned from; of a reward model alone. */
  public double heldOutShareFor(TrainingObjective objective) {
    return objective.trainsRewardModel() ? heldOutShare.orElse(USUAL_HELD_OUT) : 0;
  }
}
