package org.rlhfstreams.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Workers;

/** Events of the demo's size, as a long run leaves them in the log. */
final class RecordedRun {
  /** Of a response. */
  static final int TOKENS = 48;

  private static final int BATCH = 64;
  private static final int PROMPT_TOKENS = 12;
  private static final int VOCABULARY = 32_000;
  private static final int STARTER_VOCABULARY = 2_000;
  private static final int WRITERS = 2;
  private static final String WORDS =
      "Once upon a time there was a little girl who had a red ball and a small dog that liked to"
          + " play with it in the park every day until the sun went down and they ran home together";

  private RecordedRun() {}

  /** Writes requests, rollouts, scores and steps that learned from each of them once. */
  static void fill(KafkaConnection connection, int rollouts) throws InterruptedException {
    Topics topics = connection.topics();
    AtomicLong nextBatch = new AtomicLong();
    Workers.run(
        WRITERS,
        "writer",
        stopped -> {
          try (KafkaProducer<String, Object> producer = connection.producer()) {
            SplittableRandom random = new SplittableRandom(7);
            for (long batch = nextBatch.getAndIncrement();
                batch * BATCH < rollouts && !stopped.getAsBoolean();
                batch = nextBatch.getAndIncrement()) {
              int size = (int) Math.min(BATCH, rollouts - batch * BATCH);
              for (int i = 0; i < size; i++) {
                write(producer, topics, batch, i, random);
              }
            }
          }
        });
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (long batch = 0; batch * BATCH < rollouts; batch++) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < Math.min(BATCH, rollouts - batch * BATCH); i++) {
          ids.add(requestId(batch, i) + "/0");
        }
        producer.send(
            new ProducerRecord<>(
                topics.trainingMetrics().name(),
                0,
                topics.prefix() + "ppo",
                StepMetrics.newBuilder()
                    .setRunId(topics.prefix() + "ppo")
                    .setObjective("ppo")
                    .setVersion(new WeightVersion(0, batch + 1))
                    .setValues(Map.of("loss", 0.5))
                    .setRolloutIds(ids)
                    .setMeasuredAt(Instant.now())
                    .build()));
      }
    }
  }

  private static String requestId(long batch, int index) {
    return "prompt-" + (batch * BATCH + index) % 4096 + "/" + (batch * BATCH + index) / 4096;
  }

  private static void write(
      KafkaProducer<String, Object> producer,
      Topics topics,
      long batch,
      int index,
      SplittableRandom random) {
    String requestId = requestId(batch, index);
    List<Integer> prompt = tokens(PROMPT_TOKENS, VOCABULARY, random);
    SamplingSettings sampling = sampling(random);
    String opening = WORDS.substring(0, 50 + random.nextInt(20));
    producer.send(
        new ProducerRecord<>(
            topics.rolloutRequests().name(),
            requestId,
            RolloutRequest.newBuilder()
                .setRequestId(requestId)
                .setPromptId(requestId.substring(0, requestId.indexOf('/')))
                .setPromptText(opening)
                .setPromptTokenIds(prompt)
                .setSampling(sampling)
                .setSamples(1)
                .setMinimumVersion(new WeightVersion(0, Math.max(0, batch - 1)))
                .setSequence(batch * BATCH + index)
                .setCreatedAt(Instant.now())
                .build()));
    Rollout rollout =
        rollout(requestId, opening, prompt, sampling, new WeightVersion(0, batch), random)
            .setResponseTokenIds(tokens(TOKENS, VOCABULARY, random))
            .build();
    producer.send(new ProducerRecord<>(topics.rollouts().name(), requestId, rollout));
    producer.send(
        new ProducerRecord<>(
            topics.scoredRollouts().name(), 0, requestId, scored(rollout, random)));
  }

  private static List<Integer> tokens(int count, int vocabulary, SplittableRandom random) {
    return random.ints(count, 1, vocabulary).boxed().toList();
  }

  private static List<Float> floats(SplittableRandom random) {
    List<Float> floats = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
      floats.add((float) -random.nextDouble());
    }
    return floats;
  }

  private static SamplingSettings sampling(SplittableRandom random) {
    return SamplingSettings.newBuilder()
        .setTemperature(1)
        .setMaxNewTokens(TOKENS)
        .setSeed(random.nextLong())
        .build();
  }

  private static Rollout.Builder rollout(
      String requestId,
      String opening,
      List<Integer> prompt,
      SamplingSettings sampling,
      WeightVersion version,
      SplittableRandom random) {
    return Rollout.newBuilder()
        .setRolloutId(requestId + "/0")
        .setRequestId(requestId)
        .setPromptId(requestId.substring(0, requestId.indexOf('/')))
        .setSampleIndex(0)
        .setPromptText(opening)
        .setPromptTokenIds(prompt)
        .setResponseText(WORDS.substring(random.nextInt(30)))
        .setBehaviorLogProbabilities(floats(random))
        .setSampling(sampling)
        .setSegments(List.of(new VersionSegment(version, 0, TOKENS)))
        .setFinishReason(FinishReason.LENGTH)
        .setWorkerId("worker")
        .setStartedAt(Instant.now())
        .setFinishedAt(Instant.now());
  }

  private static ScoredRollout scored(Rollout rollout, SplittableRandom random) {
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore((float) random.nextDouble())
        .setRewardModelVersion(new WeightVersion(0, 0L))
        .setReferenceLogProbabilities(floats(random))
        .setKl(floats(random))
        .setScoredAt(Instant.now())
        .build();
  }

  /** Adds scored rollouts of one version to a run's log, for a learner to take. */
  static void addScored(KafkaConnection connection, int rollouts, WeightVersion version) {
    SplittableRandom random = new SplittableRandom(7);
    String topic = connection.topics().scoredRollouts().name();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int i = 0; i < rollouts; i++) {
        String requestId = "added-" + version.getStep() + "/" + i;
        List<Integer> prompt = tokens(PROMPT_TOKENS, STARTER_VOCABULARY, random);
        Rollout rollout =
            rollout(requestId, WORDS, prompt, sampling(random), version, random)
                .setResponseTokenIds(tokens(TOKENS, STARTER_VOCABULARY, random))
                .build();
        producer.send(new ProducerRecord<>(topic, 0, requestId, scored(rollout, random)));
      }
    }
  }
}
