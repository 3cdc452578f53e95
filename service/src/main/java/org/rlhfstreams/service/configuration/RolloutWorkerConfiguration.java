package org.rlhfstreams.service.configuration;

import java.time.Duration;
import java.util.Optional;

/** A rollout worker. */
public record RolloutWorkerConfiguration(
    @Setting(value = "32", range = "[1, inf)", description = "Responses sampled side by side.")
        int batchSize,
    @Setting(
            description =
                "Name of this worker in rollouts and logs; host and process when not set.")
        Optional<String> workerId,
    @Setting(
            value = "0",
            range = "[0, 65535]",
            description = "Port of health, metrics and completions; 0 takes a free one.")
        int httpPort,
    @Setting(
            value = "8",
            range = "[1, inf)",
            description = "Completions asked for over HTTP that are written side by side.")
        int completionSlots,
    @Setting(
            value = "64",
            range = "[0, inf)",
            description =
                "Completions asked for over HTTP that may wait; more are refused until some are"
                    + " finished.")
        int completionQueue,
    @Setting(value = "200ms", description = "How long one look for new requests may wait.")
        Duration pollTimeout,
    @Setting(
            value = "false",
            description =
                "Whether this process puts versions of the policy to held-out prompts, instead of"
                    + " sampling what is learned from.")
        boolean evaluation) {

  /** The configured name, or {@code host-process}. */
  public String workerIdOrDefault() {
    return workerId.orElseGet(ProcessIdentity::current);
  }
}
