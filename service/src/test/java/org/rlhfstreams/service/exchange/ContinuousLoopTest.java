package org.rlhfstreams.service.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.InputPosition;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.log.GroupPositions;
import org.rlhfstreams.service.metrics.QueueMeters;

/** Records that are finished in any order, each of them once. */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class ContinuousLoopTest {
  private static final int BATCH = 8;

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  private final Map<String, String> settings = new HashMap<>();
  private final List<Member> members = new ArrayList<>();
  private LoopLog log;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  private static boolean any(String value) {
    return true;
  }

  private void start(int partitions) {
    log = new LoopLog(stack, partitions, settings);
  }

  private final class Member implements AutoCloseable {
    final HandWork work;
    final LoopMember thread;

    Member(String name, int room) {
      this.work = new HandWork(room, log::output);
      ContinuousLoop loop =
          new ContinuousLoop(
              log.connection(),
              LoopLog.GROUP,
              name,
              log.input(),
              BATCH,
              Duration.ofMillis(50),
              work,
              new GroupShare(LoopLog.GROUP),
              new QueueMeters(new SimpleMeterRegistry(), log.input()));
      this.thread = new LoopMember(name, loop::run);
      members.add(this);
    }

    @Override
    public void close() {
      thread.close();
    }
  }

  @Test
  void aLongRecordHoldsUpNothingAndWhatIsFinishedAboveItIsNotDoneAgain() {
    start(1);
    log.write(0, 12);
    try (Member member = new Member("one", 4)) {
      member.work.finish(value -> !value.equals("record 2"));
      awaitOutputs(11);
      assertThat(member.work.taken()).containsExactlyElementsOf(LoopLog.values(0, 12));
    }
    InputPosition position = position();
    assertThat(position.getOffset()).isEqualTo(2);
    assertThat(position.getFinished()).containsExactly(3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
    log.write(12, 14);
    try (Member next = new Member("two", 4)) {
      next.work.finish(ContinuousLoopTest::any);
      awaitOutputs(14);
      assertThat(next.work.taken()).containsExactly("record 2", "record 12", "record 13");
    }
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 14));
    assertThat(position().getOffset()).isEqualTo(14);
    assertThat(position().getFinished()).isEmpty();
  }

  @Test
  void thatHoldsAlsoIfTheBrokerHasForgottenTheGroup() {
    start(1);
    log.write(0, 6);
    try (Member member = new Member("one", 6)) {
      member.work.finish(value -> !value.equals("record 0"));
      awaitOutputs(5);
    }
    log.administer(admin -> admin.deleteConsumerGroups(List.of(log.group())).all().get());
    try (Member next = new Member("two", 6)) {
      next.work.finish(ContinuousLoopTest::any);
      awaitOutputs(6);
      assertThat(next.work.taken()).containsExactly("record 0");
    }
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 6));
  }

  @Test
  void noMoreIsTakenThanThereIsRoomFor() {
    start(2);
    log.write(0, 60);
    try (Member member = new Member("one", 5)) {
      await().until(() -> member.work.taken().size() == 5);
      log.write(60, 70);
      member.work.finish(value -> value.equals(member.work.taken().get(0)));
      awaitOutputs(1);
      await().until(() -> member.work.taken().size() == 6);
      member.work.finish(ContinuousLoopTest::any);
      awaitOutputs(70);
    }
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 70));
  }

  @Test
  void whatIsUnderWayOfAPartitionThatGoesToAnotherMemberIsTheOthers() {
    start(2);
    log.write(0, 20);
    try (Member first = new Member("one", 100)) {
      await().until(() -> first.work.taken().size() == 20);
      first.work.finish(value -> Integer.parseInt(value.substring(7)) % 4 == 0);
      awaitOutputs(5);
      try (Member second = new Member("two", 100)) {
        second.work.finish(ContinuousLoopTest::any);
        await().until(() -> first.work.dropped().size() > 0);
        await().until(() -> second.work.taken().containsAll(first.work.dropped()));
        assertThat(second.work.taken()).containsExactlyInAnyOrderElementsOf(first.work.dropped());
        first.work.finish(ContinuousLoopTest::any);
        awaitOutputs(20);
      }
    }
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 20));
  }

  @Test
  void aMemberThatItsGroupHasRemovedWritesNothingOfWhatItHad() {
    start(1);
    log.write(0, 6);
    try (Member member = new Member("one", 6)) {
      await().until(() -> member.work.taken().size() == 6);
      log.administer(
          admin ->
              admin
                  .removeMembersFromConsumerGroup(
                      log.group(), new RemoveMembersFromConsumerGroupOptions())
                  .all()
                  .get());
      member.work.finish(ContinuousLoopTest::any);
      awaitOutputs(6);
    }
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 6));
  }

  @Test
  void anotherProcessOfTheSameNameEndsTheFirstAndDoesWhatItHadNotFinished() {
    start(1);
    log.write(0, 6);
    Member first = new Member("one", 6);
    first.work.finish(value -> value.equals("record 3"));
    awaitOutputs(1);
    try (Member second = new Member("one", 6)) {
      await().until(() -> describe().members().size() == 2);
      members.remove(first);
      second.work.finish(ContinuousLoopTest::any);
      first.work.finish(ContinuousLoopTest::any);
      awaitOutputs(6);
      assertThatThrownBy(first.thread::join)
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("another process has taken the name");
    }
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 6));
  }

  @Test
  void aRecordMayTakeLongerThanTheGroupWaitsForAPoll() {
    settings.put("kafka.max.poll.interval.ms", "1500");
    start(1);
    log.write(0, 3);
    try (Member member = new Member("one", 3)) {
      member.work.finish(value -> !value.equals("record 0"));
      awaitOutputs(2);
      await()
          .during(Duration.ofSeconds(4))
          .atMost(Duration.ofSeconds(6))
          .until(() -> describe().members().size() == 1 && member.work.dropped().isEmpty());
      member.work.finish(ContinuousLoopTest::any);
      awaitOutputs(3);
      assertThat(member.work.taken()).containsExactlyElementsOf(LoopLog.values(0, 3));
    }
  }

  @Test
  void workThatStandsStillEndsTheMemberAndIsNamed() {
    settings.put("kafka.max.poll.interval.ms", "1500");
    start(1);
    log.write(0, 3);
    Member member = new Member("one", 3);
    member.work.finish(value -> value.equals("record 0"));
    awaitOutputs(1);
    member.work.standStill();
    assertThatThrownBy(member.thread::join)
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("offset 1 of partition 0 of " + log.input())
        .hasMessageContaining("kafka.max.poll.interval.ms");
    members.remove(member);
    assertThat(describe().members()).isEmpty();
    try (Member next = new Member("two", 3)) {
      next.work.finish(ContinuousLoopTest::any);
      awaitOutputs(3);
    }
    assertThat(log.outputs()).containsExactlyInAnyOrderElementsOf(LoopLog.values(0, 3));
  }

  private ConsumerGroupDescription describe() {
    return log.administer(
        admin -> admin.describeConsumerGroups(List.of(log.group())).all().get().get(log.group()));
  }

  private InputPosition position() {
    TopicPartition first = new TopicPartition(log.input(), 0);
    return new GroupPositions(log.connection(), LoopLog.GROUP).newest(Set.of(first)).get(first);
  }

  /** Waits for so many outputs, or for a member that has failed. */
  private void awaitOutputs(int count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                log.outputs().size() >= count
                    || members.stream().anyMatch(member -> member.thread.hasFailed()));
    assertThat(log.outputs()).hasSize(count);
  }
}
