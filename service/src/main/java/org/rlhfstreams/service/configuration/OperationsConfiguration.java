package org.rlhfstreams.service.configuration;

/** Where health, readiness and metrics are served, and how a role logs. */
public record OperationsConfiguration(
    @Setting(
            value = "127.0.0.1",
            description = "Address to listen on; 0.0.0.0 in a container, loopback elsewhere.")
        String host,
    @Setting(
            value = "text",
            description =
                "What a role prints: text for people, or json, an object a line for a collector.")
        LogFormat logFormat,
    @Setting(
            value = "refuse",
            description =
                "Where models will need more memory than the machine has: refuse ends before they are"
                    + " loaded, warn says so and goes on.")
        MemoryCheck memoryCheck) {}
