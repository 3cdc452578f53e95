package org.rlhfstreams.service.configuration;

import java.util.OptionalDouble;

/** Proximal policy optimisation; defaults are TRL's. */
public record PpoConfiguration(
    @Setting(value = "4", range = "[1, inf)", description = "Passes over one batch.") int epochs,
    @Setting(
            value = "1",
            range = "[1, inf)",
            description = "Optimizer steps in one pass over a batch.")
        int miniBatches,
    @Setting(
            value = "0.05",
            range = "[0, inf)",
            description = "Weight of the KL to the reference in the reward.")
        double beta,
    @Setting(value = "k1", description = "Estimate of the KL: k1, k2 or k3.")
        KlEstimator klEstimator,
    @Setting(
            range = "(0, inf)",
            description =
                "KL a response, in nats, that beta is steered towards; fixed when not set.")
        OptionalDouble adaptiveKlTarget,
    @Setting(
            value = "10000",
            range = "(0, inf)",
            description = "Rollouts over which the adaptive beta moves.")
        double adaptiveKlHorizon,
    @Setting(value = "1.0", range = "[0, 1]", description = "Discount of later rewards.")
        double gamma,
    @Setting(
            value = "0.95",
            range = "[0, 1]",
            description = "Generalised advantage estimation: 0 trusts values, 1 trusts returns.")
        double lambda,
    @Setting(
            value = "0.2",
            range = "(0, inf)",
            description = "How far the probability ratio may leave 1.")
        double clip,
    @Setting(
            value = "0.2",
            range = "(0, inf)",
            description = "How far a value may leave the one it had before the step.")
        double valueClip,
    @Setting(value = "0.1", range = "[0, inf)", description = "Weight of the value loss.")
        double valueCoefficient,
    @Setting(value = "0.0", range = "[0, inf)", description = "Weight of the entropy bonus.")
        double entropyCoefficient,
    @Setting(
            value = "true",
            description = "Shift and scale advantages to mean 0 and variance 1 over the batch.")
        boolean whitenAdvantages,
    @Setting(
            value = "false",
            description = "Scale rewards to variance 1 over the batch and keep their mean.")
        boolean whitenRewards,
    @Setting(
            range = "(0, inf)",
            description = "Scores are cut to plus or minus this; uncut when not set.")
        OptionalDouble rewardClip,
    @Setting(
            range = "[0, inf)",
            description = "Taken off the score of a response without an end; 0 when not set.")
        OptionalDouble missingEosPenalty,
    @Setting(
            range = "(1, inf)",
            description = "Bounds the loss of bad tokens whose ratio exploded; off when not set.")
        OptionalDouble dualClip,
    @Setting(
            value = "false",
            description =
                "Clip around the learner's own policy and weigh by its ratio to behaviour.")
        boolean decoupled,
    @Setting(
            value = "5.0",
            range = "(0, inf)",
            description = "Tokens whose decoupled weight is larger are left out.")
        double decoupledWeightCap,
    @Setting(value = "separate", description = "Where values come from: separate or head.")
        ValueModelKind valueModel)
    implements RolloutObjectiveConfiguration {}
