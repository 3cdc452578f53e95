package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A run has one owner, and the log itself knows which steps have left. */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class PublicationTest {
  private static final String GROUP = "learner-ppo";

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  private KafkaConnection connection;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  @BeforeEach
  void makeTopics(TestInfo test) {
    connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers", stack.bootstrapServers(),
                    "connection.schema-registry-url", stack.schemaRegistryUrl(),
                    "connection.topic-prefix",
                        test.getTestMethod().orElseThrow().getName() + ".")));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
  }

  private Publication publication() {
    return new Publication(
        connection,
        GROUP,
        new TopicPartition(connection.topics().scoredRollouts().name(), 0),
        connection.topics().policyWeights());
  }

  private Publication owner() {
    Publication publication = publication();
    assertThat(publication.claim(() -> false)).isTrue();
    return publication;
  }

  private static boolean publish(Publication publication, long step, String by) {
    StepMetrics metrics =
        StepMetrics.newBuilder()
            .setRunId("run")
            .setObjective(by)
            .setVersion(new WeightVersion(0, step))
            .setValues(Map.of())
            .setMeasuredAt(Instant.EPOCH)
            .build();
    return publication.publish(
        new Publication.Outgoing(
            step,
            new WeightVersion(0, step),
            "llama",
            Optional.empty(),
            Optional.of(metrics),
            List.of(),
            10 * step,
            false),
        () -> false);
  }

  private List<StepMetrics> steps() {
    return TopicEvents.of(connection, connection.topics().trainingMetrics(), StepMetrics.class);
  }

  @Test
  void oneThatRestedWhileAnotherTookOverEndsAndSaysWhoHasTheRun() {
    try (Publication rested = owner()) {
      assertThat(publish(rested, 1, "rested")).isTrue();
      try (Publication next = owner()) {
        assertThat(next.publishedStep()).isEqualTo(1);
        assertThat(publish(next, 2, "next")).isTrue();
        assertThatThrownBy(() -> publish(rested, 2, "rested"))
            .isInstanceOf(ConnectionException.class)
            .hasMessageContaining("another learner has taken over " + groupName())
            .hasMessageContaining("process " + ProcessHandle.current().pid());
        assertThat(publish(next, 3, "next")).as("the owner goes on").isTrue();
      }
    }
    assertThat(steps())
        .extracting(StepMetrics::getObjective, step -> step.getVersion().getStep())
        .containsExactly(tuple("rested", 1L), tuple("next", 2L), tuple("next", 3L));
  }

  private String groupName() {
    return connection.configuration().connection().topicPrefix() + GROUP;
  }

  @Test
  void oneWhoseTransactionTheBrokerHasEndedIsStillTheOwner() {
    try (Publication publication = owner()) {
      assertThat(publish(publication, 1, "owner")).isTrue();
      // As the coordinator does after transaction.timeout.ms: the epoch moves on, and nobody owns
      // it.
      try (KafkaProducer<String, Object> fencing = connection.transactionalProducer(GROUP)) {
        fencing.initTransactions();
      }
      assertThat(publish(publication, 2, "owner")).isTrue();
    }
    assertThat(steps()).extracting(step -> step.getVersion().getStep()).containsExactly(1L, 2L);
  }

  @Test
  void theNewestStepIsKnownThoughTheBrokerHasForgottenTheGroup()
      throws ExecutionException, InterruptedException {
    try (Publication publication = owner()) {
      assertThat(publication.publishedStep()).isEqualTo(-1);
      assertThat(publish(publication, 1, "owner")).isTrue();
      assertThat(publish(publication, 2, "owner")).isTrue();
    }
    try (Admin admin = connection.admin()) {
      admin.deleteConsumerGroups(List.of(groupName())).all().get();
    }
    try (Publication publication = owner()) {
      assertThat(publication.publishedStep()).isEqualTo(2);
    }
  }

  @Test
  void aTopicThatWasMadeAnewIsRefused() throws ExecutionException, InterruptedException {
    try (Publication publication = owner()) {
      assertThat(publish(publication, 1, "owner")).isTrue();
    }
    String topic = connection.topics().scoredRollouts().name();
    try (Admin admin = connection.admin()) {
      admin.deleteTopics(List.of(topic)).all().get();
      await().until(() -> !admin.listTopics().names().get().contains(topic));
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    try (Publication publication = owner()) {
      assertThatThrownBy(publication::publishedStep)
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining(topic + " is another log now")
          .hasMessageContaining("connection.topic-prefix");
    }
  }
}
