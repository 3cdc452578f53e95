package org.rlhfstreams.service.configuration;

import java.nio.file.Path;
import java.util.Optional;

/** Which rollouts become questions for people, and what their answers count. */
public record ComparisonsConfiguration(
    @Setting(value = "200", range = "[1, inf)", description = "Questions open at a time.")
        int backlog,
    @Setting(
            value = "any",
            description = "Responses compared: of the same policy version, or of any two.")
        ComparedVersions versions,
    @Setting(
            value = "0.25",
            range = "[0, 1]",
            description = "Share of pairs taken at random; the others are those closest in score.")
        double randomShare,
    @Setting(
            value = "16",
            range = "[1, inf)",
            description = "Policy versions after which an unanswered question expires.")
        long expireAfterVersions,
    @Setting(value = "1", range = "[1, inf)", description = "People who answer a question.")
        int judgements,
    @Setting(
            description =
                "Gold questions, JSONL: prompt, first, second, expected (first, second or tie); none"
                    + " when not set.")
        Optional<Path> goldFile,
    @Setting(
            value = "0.05",
            range = "[0, 1)",
            description = "Share of gold questions among those opened.")
        double goldShare) {}
