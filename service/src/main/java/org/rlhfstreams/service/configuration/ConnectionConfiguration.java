package org.rlhfstreams.service.configuration;

import java.time.Duration;

/** Where the log and the schema registry are. */
public record ConnectionConfiguration(
    @Setting(
            value = "127.0.0.1:9092",
            description = "Kafka brokers, host:port separated by commas.")
        String bootstrapServers,
    @Setting(
            value = "http://127.0.0.1:8081",
            description = "Base URL of a registry that speaks Confluent's REST API.")
        String schemaRegistryUrl,
    @Setting(
            value = "rlhf.",
            description = "Put before every topic name, group and transaction id.")
        String topicPrefix,
    @Setting(
            value = "60s",
            description = "How long to wait at start for broker and registry before failing.")
        Duration startTimeout) {}
