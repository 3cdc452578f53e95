package org.rlhfstreams.service.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The role people: the pages and the HTTP API for people and applications. */
public record PeopleConfiguration(
    @Setting(
            value = "false",
            description =
                "Whether people take part: the controller makes comparisons, the role people serves"
                    + " them.")
        boolean enabled,
    @Setting(
            value = "127.0.0.1",
            description =
                "Address that they are served on; another than loopback needs tokens-file.")
        String host,
    @Setting(value = "8080", range = "[0, 65535]", description = "Their port; 0 takes a free one.")
        int httpPort,
    @Setting(
            value = "0",
            range = "[0, 65535]",
            description = "Port of the role's health and metrics; 0 takes a free one.")
        int operationsPort,
    @Setting(
            value = "people-state",
            description = "Directory of the role's index of the log; rebuilt at each start.")
        Path stateDirectory,
    @Setting(
            description =
                "Who may do what, made by rlhf people token; without it, everyone on this machine"
                    + " may do everything.")
        Optional<Path> tokensFile,
    @Setting(
            description =
                "The secret by which Argilla signs its events, whsec_ and base64; without it they"
                    + " need a token.")
        Optional<Path> argillaSecretFile,
    @Setting(
            value = "2m",
            description = "How long a question is kept for who got it before another one does.")
        Duration lease,
    @Setting(
            value = "50",
            range = "(0, inf)",
            description = "Requests a second that one token may make; twice as many at once.")
        double requestsPerSecond,
    @Setting(
            value = "1048576",
            range = "[1024, inf)",
            description = "Bytes of the largest request that is read.")
        int largestRequest) {}
