package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Who lacks the newest weights gets them, though no step brings others. */
final class WeightRepeatTest {
  private final AtomicLong now = new AtomicLong();
  private final WeightRepeat repeat = new WeightRepeat(Duration.ofMinutes(2), now::get);

  @Test
  void eachWaitInVainIsTwiceAsLongAndABatchWithoutOneMakesItShortAgain() {
    assertThat(dueAfterMinutes()).isEqualTo(2);
    repeat.sent();
    assertThat(dueAfterMinutes()).isEqualTo(4);
    repeat.sent();
    repeat.learned(); // it needed the repetition, or was as slow
    assertThat(dueAfterMinutes()).isEqualTo(8);
    repeat.learned();
    assertThat(dueAfterMinutes()).isEqualTo(2);
    for (int i = 0; i < 100; i++) {
      repeat.sent();
    }
    assertThat(dueAfterMinutes()).isEqualTo(128);
  }

  private long dueAfterMinutes() {
    long minutes = 0;
    while (!repeat.isDue()) {
      now.addAndGet(TimeUnit.MINUTES.toNanos(1));
      minutes++;
    }
    return minutes;
  }

  @Test
  @Tag("slow")
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void aLearnerWithoutRolloutsSendsItsNewestVersionWholeOnceMore(@TempDir Path directory) {
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      Map<String, String> settings = RunSettings.of(stack, directory, "repeated");
      settings.put("model.policy", GoldenPairs.model("policy").toString());
      settings.put("model.reward", GoldenPairs.model("reward").toString());
      settings.put("weights.repeat-after", "1s");
      KafkaConnection connection = new KafkaConnection(RlhfConfiguration.of(settings));
      try (Admin admin = connection.admin()) {
        new TopicAdministrator(admin, 1).ensure(connection.topics().all());
      }
      try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
        assertThat(learner.run(() -> sent(connection, WeightCommit.class).size() >= 2)).isFalse();
      }
      assertThat(sent(connection, WeightCommit.class))
          .extracting(WeightRecord::getVersion)
          .containsOnly(new WeightVersion(0, 0L));
      assertThat(sent(connection, WeightHeader.class))
          .extracting(record -> ((WeightHeader) record.getBody()).getKind())
          .containsOnly(WeightKind.ANCHOR);
    }
  }

  private static List<WeightRecord> sent(KafkaConnection connection, Class<?> body) {
    return TopicEvents.of(connection, connection.topics().policyWeights(), WeightRecord.class)
        .stream()
        .filter(record -> body.isInstance(record.getBody()))
        .toList();
  }
}
