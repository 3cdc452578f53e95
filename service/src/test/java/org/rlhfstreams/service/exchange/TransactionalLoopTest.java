package org.rlhfstreams.service.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.metrics.QueueMeters;

/** Each input has its output once, whatever the broker has forgotten of the group. */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class TransactionalLoopTest {
  private static final int PARTITIONS = 3;

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  private final LoopLog log = new LoopLog(stack, PARTITIONS, Map.of());

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  @Test
  void whatWasDoneIsNotDoneAgainWhenTheBrokerHasForgottenTheGroup() {
    log.write(0, 30);
    workUntil(30);
    log.administer(admin -> admin.deleteConsumerGroups(List.of(log.group())).all().get());
    log.write(30, 40);
    workUntil(40);
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 40));
  }

  @Test
  void offsetsThatSomebodyHasMovedBackAreNotFollowed() {
    log.write(0, 30);
    workUntil(30);
    log.administer(
        admin ->
            admin
                .alterConsumerGroupOffsets(
                    log.group(),
                    Map.of(new TopicPartition(log.input(), 0), new OffsetAndMetadata(0)))
                .all()
                .get());
    log.write(30, 40);
    workUntil(40);
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 40));
  }

  @Test
  void partitionsThatAreAddedAreReadFromTheirBeginning() {
    log.write(0, 30);
    workUntil(30);
    log.administer(
        admin ->
            admin
                .createPartitions(Map.of(log.input(), NewPartitions.increaseTo(2 * PARTITIONS)))
                .all()
                .get());
    log.write(30, 60);
    workUntil(60);
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 60));
  }

  @Test
  void aTopicThatWasMadeAnewUnderTheNameIsRefused() {
    log.write(0, 30);
    workUntil(30);
    log.administer(
        admin -> {
          admin.deleteTopics(List.of(log.input())).all().get();
          await().until(() -> !admin.listTopics().names().get().contains(log.input()));
          return new TopicAdministrator(admin, 1).ensure(log.connection().topics().all());
        });
    log.write(0, 60);
    assertThatThrownBy(() -> workUntil(60))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining(log.input() + " is another log")
        .hasMessageContaining("connection.topic-prefix");
    assertThat(log.outputs()).hasSize(30);
  }

  @Test
  void recordsThatRetentionHasRemovedUnreadAreNotPassedInSilence() {
    log.write(0, 30);
    workUntil(30);
    log.write(30, 60);
    log.administer(
        admin -> {
          TopicPartition first = new TopicPartition(log.input(), 0);
          return admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(-1))).all().get();
        });
    assertThatThrownBy(() -> workUntil(60))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining(log.input() + "-0")
        .hasMessageContaining("retention");
  }

  @Test
  void norAreThoseThatItHasRemovedBeforeAnybodyReadThem() {
    log.write(0, 30);
    log.administer(
        admin -> {
          TopicPartition first = new TopicPartition(log.input(), 0);
          return admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(-1))).all().get();
        });
    assertThatThrownBy(() -> workUntil(30))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("goes on at offset 0 of " + log.input() + "-0")
        .hasMessageContaining("retention");
  }

  private void workUntil(int outputs) {
    log.workUntil(outputs, loop()::run);
  }

  private TransactionalLoop loop() {
    return new TransactionalLoop(
        log.connection(),
        LoopLog.GROUP,
        Optional.empty(),
        "member",
        log.input(),
        4,
        Duration.ofMillis(50),
        records -> records.stream().map(log::output).toList(),
        new GroupShare(LoopLog.GROUP),
        new QueueMeters(new SimpleMeterRegistry(), log.input()));
  }
}
