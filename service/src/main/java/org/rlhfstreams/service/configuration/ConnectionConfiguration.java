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
        Duration startTimeout) {

  /** Refuses credentials where addresses belong, which logs and messages are full of. */
  public ConnectionConfiguration {
    if (schemaRegistryUrl.matches("[^/]*://[^/]*@.*")) {
      throw new ConfigurationException(
          "connection.schema-registry-url has a user or a password in it, and addresses are printed:"
              + " take them out and set schema-registry.basic.auth.user.info to user:password");
    }
  }
}
