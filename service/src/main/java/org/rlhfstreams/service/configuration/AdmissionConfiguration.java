package org.rlhfstreams.service.configuration;

import java.util.List;

/**
 * How fast prompts become requests. {@code StalenessBound} has the rule, with the batch size that
 * the learner states of its run.
 */
public record AdmissionConfiguration(
    @Setting(
            value = "1",
            range = "[0, inf)",
            description = "Batches a rollout's policy may lie behind; 0 is fully synchronous.")
        double staleness,
    @Setting(
            value = "0",
            range = "[0, inf)",
            description = "Passes over the prompts; 0 repeats them until the run ends.")
        int promptEpochs,
    @Setting(
            value = "0",
            range = "[0, inf)",
            description =
                "Passes that leave a prompt out after all its responses earned the same, by"
                    + " critic-free.dynamic-sampling.")
        int difficulty,
    @Setting(
            description =
                "Columns of the prompts that travel with their rollouts to the scorers, such as"
                    + " answer,tests.")
        List<String> metadata) {}
