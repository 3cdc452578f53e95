package org.rlhfstreams.service.configuration;

/** Objectives on preferences: dpo, orpo, kto and reward; defaults are TRL's. */
public record PreferenceConfiguration(
    @Setting(
            value = "0.1",
            range = "(0, inf)",
            description =
                "How strongly the reference holds the policy; of orpo, the weight of the odds ratio.")
        double beta,
    @Setting(
            value = "sigmoid",
            description =
                "Loss of dpo, such as sigmoid or ipo, or a sum such as sigmoid+0.2*sft;"
                    + " docs/objectives/dpo.md has them all.")
        String loss,
    @Setting(
            value = "0.0",
            range = "[0, 0.5)",
            description = "Share of wrong labels that cdpo, robust and exo_pair reckon with.")
        double labelSmoothing,
    @Setting(
            value = "response",
            description = "What orpo imitates: response, or all, which is the prompt as well.")
        Likelihood likelihood,
    @Setting(
            value = "1.0",
            range = "[0, inf)",
            description = "Weight of desirable responses in kto.")
        double desirableWeight,
    @Setting(
            value = "1.0",
            range = "[0, inf)",
            description = "Weight of undesirable responses in kto.")
        double undesirableWeight,
    @Setting(
            value = "0.0",
            range = "[0, inf)",
            description = "How strongly reward pulls the sum of a pair's scores to 0.")
        double rewardCentering) {}
