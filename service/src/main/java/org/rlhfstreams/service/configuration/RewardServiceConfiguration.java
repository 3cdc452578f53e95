package org.rlhfstreams.service.configuration;

import java.time.Duration;
import java.util.List;

/** The reward service, which runs scorers. */
public record RewardServiceConfiguration(
    @Setting(value = "32", range = "[1, inf)", description = "Rollouts scored side by side.")
        int batchSize,
    @Setting(
            value = "0",
            range = "[0, 65535]",
            description = "Port of health and metrics; 0 takes a free one.")
        int httpPort,
    @Setting(value = "200ms", description = "How long one look for new rollouts may wait.")
        Duration pollTimeout,
    @Setting(
            description =
                "Names of rewards that this process scores, and reference for the reference model;"
                    + " all if empty, but those that are external.")
        List<String> scorers) {}
