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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.metrics.QueueMeters;

/** Batches that take longer than the group waits for a member. */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class SlowBatchTest {
  private static final int RECORDS = 8;
  private static final int BATCH = 4;

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  private final LoopLog log = new LoopLog(stack, 1, Map.of("kafka.max.poll.interval.ms", "1500"));
  private final List<Integer> batches = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  @Test
  void theyAreDoneInSmallerOnesThen() {
    log.write(0, RECORDS);
    work(records -> records > 1);
    assertThat(batches).startsWith(4, 2, 1);
    assertThat(log.outputs()).containsExactlyElementsOf(LoopLog.values(0, RECORDS));
  }

  @Test
  void aSingleRecordThatTakesSoLongEndsTheMember() {
    log.write(0, RECORDS);
    assertThatThrownBy(() -> work(records -> true))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("offset 0 of partition 0 of " + log.input())
        .hasMessageContaining("kafka.max.poll.interval.ms");
    assertThat(batches).containsExactly(4, 2, 1, 1);
    assertThat(log.outputs()).isEmpty();
  }

  /**
   * A member's life, until it has done everything or fails.
   *
   * @param slow numbers of records that the group does not wait for
   */
  private void work(IntPredicate slow) {
    log.workUntil(RECORDS, loop(slow)::run);
  }

  private TransactionalLoop loop(IntPredicate slow) {
    return new TransactionalLoop(
        log.connection(),
        LoopLog.GROUP,
        Optional.empty(),
        "member",
        log.input(),
        BATCH,
        Duration.ofMillis(50),
        records -> {
          batches.add(records.size());
          if (slow.test(records.size())) {
            await().atMost(Duration.ofSeconds(30)).until(this::isGivenUp);
          }
          return records.stream().map(log::output).toList();
        },
        new GroupShare(LoopLog.GROUP),
        new QueueMeters(new SimpleMeterRegistry(), log.input()));
  }

  /** Whether the group has no member: it has not waited for ours. */
  private boolean isGivenUp() {
    return log.administer(
        admin ->
            admin
                .describeConsumerGroups(List.of(log.group()))
                .all()
                .get()
                .get(log.group())
                .members()
                .isEmpty());
  }
}
