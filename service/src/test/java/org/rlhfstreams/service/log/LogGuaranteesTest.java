package org.rlhfstreams.service.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;

@Tag("slow")
final class LogGuaranteesTest {
  private static final Topic ROLLOUTS = new Topics("run.", 4).rollouts();
  private static final Map<String, String> SOUND =
      Map.of(
          "min.insync.replicas", "2",
          "unclean.leader.election.enable", "false",
          "retention.ms", "-1",
          "retention.bytes", "-1");

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  private static List<Guarantee> with(int replicas, String setting, String value) {
    Map<String, String> settings = new HashMap<>(SOUND);
    settings.put(setting, value);
    return LogGuarantees.ofTopic(ROLLOUTS, replicas, settings::get, "broker:9092").stream()
        .filter(guarantee -> guarantee.state() != Guarantee.State.MET)
        .toList();
  }

  @Test
  void ofThreeCopiesTwoHaveToHaveARecordBeforeItCounts() {
    assertThat(with(3, "min.insync.replicas", "2")).isEmpty();
    assertThat(with(1, "min.insync.replicas", "1")).isEmpty();
    assertThat(with(3, "min.insync.replicas", "1"))
        .singleElement()
        .satisfies(
            broken -> {
              assertThat(broken.state()).isEqualTo(Guarantee.State.BROKEN);
              assertThat(broken.remedy())
                  .isEqualTo(
                      "kafka-configs.sh --bootstrap-server broker:9092 --alter --topic run.rollouts"
                          + " --add-config min.insync.replicas=2");
            });
  }

  @Test
  void aReplicaThatLagsMustNotLead() {
    assertThat(with(3, "unclean.leader.election.enable", "true"))
        .extracting(Guarantee::state)
        .containsExactly(Guarantee.State.BROKEN);
  }

  @Test
  void whatIsRemovedByAgeIsSaid() {
    assertThat(with(3, "retention.ms", "604800000"))
        .extracting(Guarantee::state)
        .containsExactly(Guarantee.State.WEAK);
  }

  private static KafkaConnection connection(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("connection.bootstrap-servers", stack.bootstrapServers());
    settings.put("connection.schema-registry-url", stack.schemaRegistryUrl());
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  @Test
  void topicsThatAreMadeHereMeetThemAll() {
    KafkaConnection connection = connection(Map.of("connection.topic-prefix", "made."));
    try (Admin admin = connection.admin()) {
      List<Topic> topics = connection.topics().all();
      new TopicAdministrator(admin, 1).ensure(topics);
      assertThat(new LogGuarantees(connection, admin).read(topics))
          .isNotEmpty()
          .allSatisfy(one -> assertThat(one.state()).isEqualTo(Guarantee.State.MET));
    }
  }

  @Test
  void whatCouldLoseARecordIsRefusedWithTheCommandThatMendsIt()
      throws ExecutionException, InterruptedException {
    KafkaConnection connection = connection(Map.of("connection.topic-prefix", "altered."));
    Topic topic = connection.topics().rollouts();
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(List.of(topic));
      LogGuarantees guarantees = new LogGuarantees(connection, admin);
      set(admin, topic, "retention.ms", "3600000");
      assertThatCode(() -> guarantees.require(List.of(topic))).doesNotThrowAnyException();
      set(admin, topic, "unclean.leader.election.enable", "true");
      assertThatThrownBy(() -> guarantees.require(List.of(topic)))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("altered.rollouts has unclean.leader.election.enable=true")
          .hasMessageContaining("--add-config unclean.leader.election.enable=false");
    }
  }

  private static void set(Admin admin, Topic topic, String setting, String value)
      throws ExecutionException, InterruptedException {
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                List.of(
                    new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
    // What a broker says of itself follows the controller's word a moment later.
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    await("the broker knows " + setting)
        .until(
            () ->
                admin
                    .describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .get(resource)
                    .get(setting)
                    .value()
                    .equals(value));
  }

  @Test
  void aTransactionThatTheBrokersWouldNotBeginIsRefusedAtTheStart() {
    KafkaConnection connection = connection(Map.of("kafka.transaction.timeout.ms", "3600000"));
    try (Admin admin = connection.admin()) {
      assertThatThrownBy(() -> new LogGuarantees(connection, admin).require(List.of()))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("transaction.max.timeout.ms=900000")
          .hasMessageContaining("kafka.transaction.timeout.ms to 900000 or less");
    }
  }
}
