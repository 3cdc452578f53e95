package org.rlhfstreams.cli.run;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.schemas.SubjectCompatibility;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.access.RoleAccess;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.AccessCheck;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.LogGuarantees;

/**
 * The way to a cluster that is ready for a role: it answers, and topics and schemas are in order.
 */
public final class Cluster {
  private Cluster() {}

  /** Where an embedded broker and its registry are, by configuration key. */
  public static Map<String, String> address(EmbeddedStack stack) {
    return Map.of(
        "connection.bootstrap-servers", stack.bootstrapServers(),
        "connection.schema-registry-url", stack.schemaRegistryUrl());
  }

  /**
   * Waits for broker and registry, asks whether the role may do what it must, then creates and
   * verifies topics and schemas: all of them, or those of the role where it may not create others.
   *
   * @param messages takes a line when there is something to wait for
   * @throws org.rlhfstreams.service.kafka.ConnectionException where there is nobody, or nobody who
   *     lets this client do its work
   */
  public static KafkaConnection connect(
      RlhfConfiguration configuration, Role role, Consumer<String> messages) {
    KafkaConnection connection = new KafkaConnection(configuration);
    new BrokerWait(connection, messages).await();
    List<Topic> topics;
    try (Admin admin = connection.admin()) {
      AccessCheck access = new AccessCheck(connection, admin);
      access.require(role);
      topics =
          role == Role.SETUP || access.mayCreateTopics()
              ? connection.topics().all()
              : RoleAccess.topics(role, connection.topics());
      new TopicAdministrator(admin, configuration.topics().replicationFactor())
          .ensure(topics)
          .forEach(name -> messages.accept("created topic " + name));
      new LogGuarantees(connection, admin).require(topics);
    }
    new SubjectCompatibility(
            configuration.connection().schemaRegistryUrl(), configuration.schemaRegistry())
        .ensure(topics);
    return connection;
  }
}
