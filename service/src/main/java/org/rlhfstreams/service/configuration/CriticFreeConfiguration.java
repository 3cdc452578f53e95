package org.rlhfstreams.service.configuration;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Objectives on rollouts without a value model: grpo and its relatives, rloo, reinforce-plus-plus
 * and distillation. Where TRL has a setting, it has TRL's name and default.
 */
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
                "Weight of the KL to the reference: in the reward of rloo and reinforce-plus-plus"
                    + " (0.05 when not set), in the loss of the others (0 when not set).")
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
                "Mean of the tokens' losses: response, tokens, length or sum; when not set length for"
                    + " dr-grpo, tokens for cispo, vespo, distillation and reinforce-plus-plus, sum"
                    + " for luspo, response for the others. rloo has one ratio a response.")
        Optional<LossMean> lossMean,
    @Setting(
            description =
                "What a ratio is of: token, or sequence, the geometric mean over a response; when not"
                    + " set sequence for gspo and luspo, token for grpo, dr-grpo, cispo and sapo.")
        Optional<ImportanceSamplingLevel> importanceSamplingLevel,
    @Setting(
            description =
                "What advantages of groups are divided by: group, batch (deviation of the scores of"
                    + " either) or none; when not set none for dr-grpo, else group. Not of rloo.")
        Optional<RewardScale> scaleRewards,
    @Setting(value = "5.0", range = "(0, inf)", description = "Largest weight of a token in cispo.")
        double cispoEpsilonMax,
    @Setting(
            value = "1.0",
            range = "(0, inf)",
            description = "How fast sapo's gate closes for tokens with an advantage above 0.")
        double sapoTemperaturePos,
    @Setting(
            value = "1.05",
            range = "(0, inf)",
            description = "How fast sapo's gate closes for the other tokens.")
        double sapoTemperatureNeg,
    @Setting(
            value = "2.0",
            range = "[0, inf)",
            description = "How fast vespo's weights of good responses fall below a ratio of 1.")
        double vespoKPos,
    @Setting(
            value = "3.0",
            range = "(0, inf)",
            description = "How fast vespo's weights of good responses fall above a ratio of 1.")
        double vespoLambdaPos,
    @Setting(
            value = "3.0",
            range = "[0, inf)",
            description = "How fast vespo's weights of bad responses fall below a ratio of 1.")
        double vespoKNeg,
    @Setting(
            value = "2.0",
            range = "(0, inf)",
            description = "How fast vespo's weights of bad responses fall above a ratio of 1.")
        double vespoLambdaNeg,
    @Setting(
            value = "0.4",
            range = "(0, inf)",
            description = "How far the logarithm of a token's ratio counts in gmpo.")
        double gmpoClip,
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
                "Leave responses without an end out of the loss; they still count in their group's"
                    + " mean.")
        boolean maskTruncatedCompletions,
    @Setting(
            value = "false",
            description =
                "Set groups aside of which all responses earn the same, and learn from others in"
                    + " their place.")
        boolean dynamicSampling,
    @Setting(
            range = "[1, inf)",
            description =
                "Tokens before sampling.max-new-tokens over which a punishment of long responses"
                    + " grows; none when not set.")
        OptionalInt overlongCache,
    @Setting(
            value = "1.0",
            range = "[0, inf)",
            description = "Taken off the score of a response of sampling.max-new-tokens.")
        double overlongPenalty,
    @Setting(value = "0.0", range = "[0, inf)", description = "Weight of the entropy bonus.")
        double entropyCoefficient,
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
