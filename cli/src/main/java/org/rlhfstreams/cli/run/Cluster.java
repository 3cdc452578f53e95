package org.rlhfstreams.cli.run;

import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.rlhfstreams.schemas.SubjectCompatibility;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * The way to a cluster that is ready for a role: it answers, and topics and schemas are in order.
 */
public final class Cluster {
  private Cluster() {}

  /**
   * Waits for broker and registry, then creates and verifies topics and schemas.
   *
   * @param messages takes a line when there is something to wait for
   */
  public static KafkaConnection connect(
      RlhfConfiguration configuration, Consumer<String> messages) {
    KafkaConnection connection = new KafkaConnection(configuration);
    new BrokerWait(connection, messages).await();
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, configuration.topics().replicationFactor())
          .ensure(connection.topics().all())
          .forEach(name -> messages.accept("created topic " + name));
    }
    new SubjectCompatibility(
            configuration.connection().schemaRegistryUrl(), configuration.schemaRegistry())
        .ensure(connection.topics().all());
    return connection;
  }
}
