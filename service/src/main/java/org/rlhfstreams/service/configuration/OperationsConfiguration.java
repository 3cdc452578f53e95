package org.rlhfstreams.service.configuration;

/** Where health, readiness and metrics are served. */
public record OperationsConfiguration(
    @Setting(
            value = "127.0.0.1",
            description = "Address to listen on; 0.0.0.0 in a container, loopback elsewhere.")
        String host) {}
