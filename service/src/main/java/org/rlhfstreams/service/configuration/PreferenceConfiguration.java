package org.rlhfstreams.service.configuration;

import java.util.OptionalDouble;

/** Objectives on preferences: dpo, orpo, cpo, simpo, kto and reward; defaults are TRL's. */
public record PreferenceConfiguration(
    @Setting(
            value = "0.1",
            range = "(0, inf)",
            description =
                "KL coefficient; larger stays closer to the reference. Of orpo, the weight of the odds ratio;"
                    + " of cpo and simpo, the scale of log-probabilities.")
        double beta,
    @Setting(
            value = "sigmoid",
            description =
                "Loss of dpo and cpo, such as sigmoid or ipo, or a sum such as sigmoid+0.2*sft;"
                    + " docs/objectives/dpo.md has them all.")
        String loss,
    @Setting(
            value = "0.0",
            range = "[0, 0.5)",
            description =
                "Share of wrong labels that cdpo, robust, exo_pair and simpo reckon with.")
        double labelSmoothing,
    @Setting(
            range = "[0, inf)",
            description =
                "Weight of the chosen responses' likelihood in cpo (1 when not set) and simpo (0 when"
                    + " not set).")
        OptionalDouble cpoAlpha,
    @Setting(
            value = "0.5",
            range = "[0, inf)",
            description = "By how much a chosen reward should lead in simpo.")
        double simpoGamma,
    @Setting(
            value = "0.0",
            description = "How simpo's reward is bent, AlphaPO's alpha; 0 is SimPO.")
        double alpha,
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
