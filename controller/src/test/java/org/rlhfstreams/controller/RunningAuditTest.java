package org.rlhfstreams.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;

final class RunningAuditTest {
  static {
    EventSerdes.trustEvents();
  }

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RunningAudit audit = new RunningAudit(registry);
  private long released;

  private void release(String requestId, int samples) {
    audit.released(requestId, released, samples);
    released += samples;
    audit.counted(released, 0, 4);
  }

  private void learn(String run, long step, String... ids) {
    audit.learned(
        StepMetrics.newBuilder()
            .setRunId(run)
            .setObjective(run)
            .setVersion(new WeightVersion(0, step))
            .setValues(new HashMap<>())
            .setRolloutIds(List.of(ids))
            .setMeasuredAt(Instant.EPOCH)
            .build());
  }

  private void giveUp(String requestId, long offset, String kind, int lost) {
    audit.givenUp(
        DeadLetter.newBuilder()
            .setTopic("rlhf.rollouts")
            .setPartition(0)
            .setOffset(offset)
            .setKey(ByteBuffer.wrap(requestId.getBytes(StandardCharsets.UTF_8)))
            .setStage("reward-service")
            .setReason("it has no tokens")
            .setKind(kind)
            .setLostRollouts(lost)
            .setRefusedAt(Instant.EPOCH)
            .build());
  }

  private double doubled() {
    return registry.get("rlhf.audit.doubled").counter().count();
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  @Test
  void whatIsLearnedTwiceIsCounted() {
    release("r", 2);
    learn("ppo", 1, "r/0", "r/1");
    learn("ppo", 1, "r/0", "r/1"); // heard again after a crash
    assertThat(doubled()).isZero();
    learn("ppo", 2, "r/1", "from-before-its-start/0");
    assertThat(doubled()).isOne();
    learn("ppo", 3, "from-before-its-start/0");
    assertThat(doubled()).isEqualTo(2);
    learn("grpo", 1, "r/0"); // another run learns once for itself
    learn("ppo-replay", 1, "r/0");
    learn("dpo", 1, "r/0");
    assertThat(doubled()).isEqualTo(2);
  }

  @Test
  void whatOthersHaveOvertakenFourTimesIsOverdue() {
    release("stuck", 2);
    release("lost", 1);
    learn("ppo", 1, "stuck/1");
    giveUp("lost", 7, "rule", 1);
    for (int i = 0; i < 15; i++) {
      assertThat(gauge("rlhf.audit.overdue")).as("after %d", i).isZero();
      release("next-" + i, 1);
      learn("ppo", 2 + i, "next-" + i + "/0");
    }
    assertThat(gauge("rlhf.audit.overdue")).isOne();
    learn("ppo", 30, "stuck/0");
    assertThat(gauge("rlhf.audit.overdue")).isZero();
  }

  @Test
  void aLetterAboutTheSameCountsOnce() {
    release("r", 3);
    giveUp("r", 7, "rule", 1);
    giveUp("r", 7, "rule", 1);
    giveUp("r", 8, "group", 0);
    for (int i = 0; i < 20; i++) {
      release("next-" + i, 1);
      learn("ppo", 1 + i, "next-" + i + "/0");
    }
    assertThat(gauge("rlhf.audit.overdue")).isOne();
    giveUp("r", 9, "group", 0);
    assertThat(gauge("rlhf.audit.overdue")).isZero();
  }

  @Test
  void whatIsUnderWayIsWhatAdmissionCounts() {
    audit.counted(128, 64, 128);
    assertThat(gauge("rlhf.audit.in.flight")).isEqualTo(64);
  }

  @Test
  void memoryHasABound() {
    for (int i = 0; i < 20_000; i++) {
      release("never-" + i, 1);
    }
    assertThat(gauge("rlhf.audit.overdue")).isEqualTo(20_000 - 16);
  }
}
