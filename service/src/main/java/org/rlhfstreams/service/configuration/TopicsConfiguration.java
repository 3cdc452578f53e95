package org.rlhfstreams.service.configuration;

/** How topics are made when they do not exist yet. */
public record TopicsConfiguration(
    @Setting(
            value = "4",
            range = "[1, inf)",
            description = "Partitions of the topics that workers share; bounds how many can work.")
        int partitions,
    @Setting(
            value = "1",
            range = "[1, 32767]",
            description = "Copies of every partition; at most the number of brokers.")
        int replicationFactor) {}
