package org.rlhfstreams.service.configuration;

import java.nio.file.Path;

/** The controller, which hosts the topologies. */
public record ControllerConfiguration(
    @Setting(
            value = "0",
            range = "[0, 65535]",
            description = "Port of health and metrics; 0 takes a free one.")
        int httpPort,
    @Setting(
            value = "state",
            description = "Where the topologies keep their state; rebuilt from the log when lost.")
        Path stateDirectory) {}
