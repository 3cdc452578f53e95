package org.rlhfstreams.service.configuration;

import java.util.Optional;
import java.util.OptionalDouble;

/** Objectives on rollouts without a value model: grpo, dr-grpo, rloo and reinforce-plus-plus. */
public record CriticFreeConfiguration(
    @Setting(value = "1", range = "[1, inf)", description = "Passes over one batch.") int epochs,
    @Setting(
            value = "1",
            range = "[1, inf)",
            description = "Optimizer steps in one pass over a batch.")
        int miniBatches,
    @Setting(
            range = "[0, inf)",
            description =
                "Weight of the KL to the reference: in the loss of grpo and dr-grpo (0 when not set),"
                    + " in the reward of rloo and reinforce-plus-plus (0.05 when not set).")
        OptionalDouble beta,
    @Setting(value = "k1", description = "Estimate of the KL in the reward: k1, k2 or k3.")
        KlEstimator klEstimator,
    @Setting(
            value = "0.2",
            range = "(0, 1]",
            description = "How far the probability ratio may fall below 1.")
        double clip,
    @Setting(
            range = "(0, inf)",
            description = "How far the probability ratio may rise above 1; clip when not set.")
        OptionalDouble clipHigh,
    @Setting(
            range = "(1, inf)",
            description = "Bounds the loss of bad tokens whose ratio exploded; off when not set.")
        OptionalDouble dualClip,
    @Setting(
            description =
                "Mean of the tokens' losses: response, tokens or length; when not set response for"
                    + " grpo, length for dr-grpo, tokens for reinforce-plus-plus. rloo has one ratio a"
                    + " response.")
        Optional<LossMean> lossMean,
    @Setting(
            value = "false",
            description =
                "Shift and scale rloo's advantages to mean 0 and variance 1 over the batch.")
        boolean normalizeAdvantages,
    @Setting(
            range = "(0, inf)",
            description = "Scores are cut to plus or minus this; uncut when not set.")
        OptionalDouble rewardClip,
    @Setting(
            range = "[0, inf)",
            description = "Taken off the score of a response without an end; 0 when not set.")
        OptionalDouble missingEosPenalty,
    @Setting(
            value = "false",
            description =
                "Clip around the learner's own policy and weigh by its ratio to behaviour.")
        boolean decoupled,
    @Setting(
            value = "5.0",
            range = "(0, inf)",
            description = "Terms whose decoupled weight is larger are left out.")
        double decoupledWeightCap)
    implements RolloutObjectiveConfiguration {}
