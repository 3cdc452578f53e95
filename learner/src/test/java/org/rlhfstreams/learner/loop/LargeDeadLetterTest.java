package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lineage.Account;
import org.rlhfstreams.service.lineage.Audit;

/** Records as large as the broker takes, which cannot be used, stop nothing. */
@Tag("slow")
final class LargeDeadLetterTest {
  private static final int BATCH = 4;

  @TempDir private static Path directory;

  @Test
  void aLearnerPassesRecordsWhoseDeadLettersWouldNotFit() throws Exception {
    try (EmbeddedStack stack = EmbeddedStack.start(directory, 0, 0)) {
      Map<String, String> settings = RunSettings.of(stack, directory, "large");
      settings.put("model.policy", GoldenPairs.model("policy").toString());
      settings.put("model.reward", GoldenPairs.model("reward").toString());
      settings.put("learner.batch-size", String.valueOf(BATCH));
      settings.put("learner.max-steps", "1");
      settings.put("ppo.epochs", "1");
      KafkaConnection connection = new KafkaConnection(RlhfConfiguration.of(settings));
      publish(connection);

      try (LearnerRun learner = LearnerRun.open(connection, report -> {})) {
        long latest = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        assertThat(learner.run(() -> System.nanoTime() > latest)).isTrue();
      }

      List<DeadLetter> letters =
          TopicEvents.of(connection, connection.topics().deadLetters(), DeadLetter.class);
      assertThat(letters).extracting(DeadLetter::getOffset).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(letters)
          .extracting(letter -> String.join(" ", letter.getCut()))
          .containsExactly("value", "value", "key", "headers", "value");
      assertThat(letters.get(1).getOriginalValueBytes()).isEqualTo(8 << 20);
      assertThat(letters.get(3).getHeaders()).containsOnlyKeys("none");
      assertThat(letters.get(4).getReason()).contains("more than the model's");
      Account account = new Audit(connection).account();
      assertThat(account.dead()).as("the audit reads the whole record where it lies").isOne();
    }
  }

  /** Almost a mebibyte of tokens. */
  private static ScoredRollout longer(ScoredRollout scored) {
    int tokens = 72_000;
    List<Float> numbers = Collections.nCopies(tokens, -1f);
    Rollout rollout =
        Rollout.newBuilder(scored.getRollout())
            .setResponseTokenIds(Collections.nCopies(tokens, 1000))
            .setBehaviorLogProbabilities(numbers)
            .build();
    return ScoredRollout.newBuilder(scored)
        .setRollout(rollout)
        .setReferenceLogProbabilities(numbers)
        .setKl(numbers)
        .build();
  }

  private static RolloutRequest request(Rollout rollout) {
    return RolloutRequest.newBuilder()
        .setRequestId(rollout.getRequestId())
        .setPromptId(rollout.getPromptId())
        .setPromptText(rollout.getPromptText())
        .setPromptTokenIds(rollout.getPromptTokenIds())
        .setSampling(rollout.getSampling())
        .setSamples(1)
        .setSequence(0L)
        .setMinimumVersion(new WeightVersion(0, 0L))
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  private static void publish(KafkaConnection connection) throws Exception {
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    String topic = connection.topics().scoredRollouts().name();
    byte[] almostTheLimit = new byte[(1 << 20) - 200];
    new Random(3).nextBytes(almostTheLimit);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                connection.configuration().connection().bootstrapServers(),
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                16 << 20,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4"),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, 0, "random", almostTheLimit)).get();
      // the broker's limit is on what is left of it after compression
      producer.send(new ProducerRecord<>(topic, 0, "zeros", new byte[8 << 20])).get();
      producer.send(new ProducerRecord<>(topic, 0, "k".repeat(3 << 20), new byte[9])).get();
      ProducerRecord<String, byte[]> headed =
          new ProducerRecord<>(topic, 0, "headers", new byte[9]);
      headed.headers().add("large", new byte[3 << 20]).add("none", null);
      producer.send(headed).get();
    }
    SyntheticRollouts rollouts =
        new SyntheticRollouts(2048, connection.configuration().sampling().samples());
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      ScoredRollout large = longer(rollouts.next());
      producer.send(
          new ProducerRecord<>(
              connection.topics().rolloutRequests().name(), request(large.getRollout())));
      producer.send(new ProducerRecord<>(topic, 0, "large", large)).get();
      for (int i = 0; i < BATCH; i++) {
        producer.send(new ProducerRecord<>(topic, 0, "key", rollouts.next()));
      }
      producer.flush();
    }
  }
}
