package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Admission releases others for what is refused only once it hears of it. */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class RefusedBatchTest {
  private static final int BATCH = 8;

  @TempDir private Path directory;

  @Test
  void refusalsLeaveThoughNoBatchIsFull() {
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      Map<String, String> settings = RunSettings.of(stack, directory, "refused");
      settings.put("model.policy", GoldenPairs.model("policy").toString());
      settings.put("model.reward", GoldenPairs.model("reward").toString());
      settings.put("learner.batch-size", String.valueOf(BATCH));
      settings.put("learner.max-steps", "1");
      KafkaConnection connection = new KafkaConnection(RlhfConfiguration.of(settings));
      try (Admin admin = connection.admin()) {
        new TopicAdministrator(admin, 1).ensure(connection.topics().all());
      }
      SyntheticRollouts rollouts = new SyntheticRollouts(2048, 1);
      for (int i = 0; i < BATCH; i++) {
        ScoredRollout rollout = rollouts.next();
        publish(
            connection,
            i < 3 ? ScoredRollout.newBuilder(rollout).setScore(Float.NaN).build() : rollout);
      }
      AtomicLong step = new AtomicLong();
      try (LearnerRun learner = LearnerRun.open(connection, report -> step.set(report.step()))) {
        CompletableFuture<Boolean> run =
            CompletableFuture.supplyAsync(() -> learner.run(() -> false));
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () ->
                    TopicEvents.of(connection, connection.topics().deadLetters(), DeadLetter.class)
                            .size()
                        == 3);
        assertThat(step).hasValue(0);
        for (int i = 0; i < 3; i++) {
          publish(connection, rollouts.next()); // as admission then has them sampled
        }
        assertThat(run.join()).isTrue();
      }
      assertThat(step).hasValue(1);
    }
  }

  private static void publish(KafkaConnection connection, ScoredRollout rollout) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(
          new ProducerRecord<>(connection.topics().scoredRollouts().name(), 0, "key", rollout));
    }
  }
}
