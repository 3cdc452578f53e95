package org.rlhfstreams.service.configuration;

/** How responses are drawn from the policy. */
public record SamplingConfiguration(
    @Setting(
            value = "1.0",
            range = "(0, inf)",
            description = "Divides the logits before the softmax, when sampling and when learning.")
        double temperature,
    @Setting(
            value = "0",
            range = "[0, inf)",
            description = "Keep only the k most likely tokens; 0 keeps all.")
        int topK,
    @Setting(
            value = "1.0",
            range = "(0, 1]",
            description = "Keep the smallest set of tokens whose probabilities reach p.")
        double topP,
    @Setting(
            value = "48",
            range = "[1, inf)",
            description = "Tokens after which a response is cut with finish reason LENGTH.")
        int maxNewTokens,
    @Setting(value = "1", range = "[1, inf)", description = "Responses for each prompt.")
        int samples,
    @Setting(value = "0", description = "Seed of the run; with the request it decides every draw.")
        long seed) {}
