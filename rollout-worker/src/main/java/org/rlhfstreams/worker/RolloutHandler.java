package org.rlhfstreams.worker;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.exchange.TransactionalLoop;
import org.rlhfstreams.service.kafka.DeadLetters;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.tracing.StageTracing;

/** Turns requests into rollouts: {@code rolloutId = requestId/sampleIndex}. */
final class RolloutHandler implements TransactionalLoop.Handler {
  private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("rlhf.request.id");
  private static final Duration WEIGHTS_PAUSE = Duration.ofMillis(5);

  private final RecordDecoder<RolloutRequest> decoder;
  private final PolicySampler sampler;
  private final Tokenizer tokenizer;
  private final DeadLetters deadLetters;
  private final String rolloutTopic;
  private final String workerId;
  private final WorkerMeters meters;
  private final StageTracing tracing;
  private final BooleanSupplier stopped;
  private OptionalLong stoppedAt = OptionalLong.empty();

  RolloutHandler(
      RecordDecoder<RolloutRequest> decoder,
      PolicySampler sampler,
      Tokenizer tokenizer,
      DeadLetters deadLetters,
      String rolloutTopic,
      String workerId,
      WorkerMeters meters,
      StageTracing tracing,
      BooleanSupplier stopped) {
    this.decoder = decoder;
    this.sampler = sampler;
    this.tokenizer = tokenizer;
    this.deadLetters = deadLetters;
    this.rolloutTopic = rolloutTopic;
    this.workerId = workerId;
    this.meters = meters;
    this.tracing = tracing;
    this.stopped = stopped;
  }

  private record Pending(RolloutRequest request, int sampleIndex, Optional<TraceParent> trace) {}

  @Override
  public List<ProducerRecord<String, Object>> handle(List<ConsumerRecord<String, byte[]>> records) {
    sampler.clear();
    List<ProducerRecord<String, Object>> outputs = new ArrayList<>();
    Map<String, Pending> pending = new HashMap<>();
    Instant started = Instant.now();
    for (ConsumerRecord<String, byte[]> record : records) {
      try {
        submit(decoder.decode(record.topic(), record.value()), record, pending, outputs);
      } catch (UndecodableException e) {
        outputs.add(deadLetters.of(record, DeadLetterKind.UNDECODABLE, e.getMessage(), 0));
      }
    }
    long tokensBefore = sampler.tokensDrawn();
    for (Generation generation : sampler.drain(this::givenUp)) {
      Pending asked = pending.get(generation.request().id());
      outputs.add(output(asked, rollout(asked, generation, started)));
    }
    meters.sampled(pending.size(), sampler.tokensDrawn() - tokensBefore, started);
    sampler.version().ifPresent(meters::version);
    return outputs;
  }

  private void submit(
      RolloutRequest request,
      ConsumerRecord<String, byte[]> record,
      Map<String, Pending> pending,
      List<ProducerRecord<String, Object>> outputs) {
    Instant taken = Instant.now();
    awaitVersion(request.getMinimumVersion());
    Optional<TraceParent> trace =
        tracing.span(
            "wait",
            TraceParent.of(record.headers()),
            request.getCreatedAt(),
            taken,
            Attributes.of(REQUEST, request.getRequestId()));
    int[] prompt = request.getPromptTokenIds().stream().mapToInt(Integer::intValue).toArray();
    try {
      for (int i = 0; i < request.getSamples(); i++) {
        String rolloutId = request.getRequestId() + "/" + i;
        sampler.submit(rolloutId, prompt, request.getSampling());
        pending.put(rolloutId, new Pending(request, i, trace));
      }
    } catch (IllegalArgumentException e) {
      outputs.add(
          deadLetters.of(record, DeadLetterKind.SAMPLING, e.getMessage(), request.getSamples()));
    }
  }

  private ProducerRecord<String, Object> output(Pending asked, Rollout rollout) {
    Optional<TraceParent> trace =
        tracing.span(
            "sample",
            asked.trace(),
            rollout.getStartedAt(),
            rollout.getFinishedAt(),
            Attributes.builder()
                .put("rlhf.rollout.id", rollout.getRolloutId())
                .put("rlhf.worker.id", workerId)
                .put("rlhf.response.tokens", rollout.getResponseTokenIds().size())
                .put("rlhf.policy.version", newest(rollout))
                .build());
    return new ProducerRecord<>(
        rolloutTopic, null, rollout.getRequestId(), rollout, TraceParent.headers(trace));
  }

  private static String newest(Rollout rollout) {
    List<VersionSegment> segments = rollout.getSegments();
    return WeightVersions.text(segments.get(segments.size() - 1).getVersion());
  }

  /** A request released after a step is sampled with that step's weights, or newer ones. */
  private void awaitVersion(WeightVersion minimum) {
    boolean arrived =
        Pause.until(
            () -> {
              sampler.refresh();
              return !isOlder(sampler.version(), minimum);
            },
            WEIGHTS_PAUSE,
            stopped);
    if (!arrived) {
      throw new WakeupException();
    }
  }

  /** Whether the batch at hand is handed back: it was to stop, and the time to finish is over. */
  private boolean givenUp() {
    if (!stopped.getAsBoolean()) {
      return false;
    }
    if (stoppedAt.isEmpty()) {
      stoppedAt = OptionalLong.of(System.nanoTime());
    }
    return System.nanoTime() - stoppedAt.getAsLong() > ShutdownBudget.BATCH.toNanos();
  }

  private static boolean isOlder(Optional<WeightVersion> version, WeightVersion minimum) {
    return version.isEmpty() || WeightVersions.isNewer(minimum, version.get());
  }

  private Rollout rollout(Pending asked, Generation generation, Instant started) {
    RolloutRequest request = asked.request();
    List<Integer> tokens = new ArrayList<>();
    for (int token : generation.tokenIds()) {
      tokens.add(token);
    }
    List<VersionSegment> segments = new ArrayList<>();
    for (Generation.Segment segment : generation.segments()) {
      segments.add(
          new VersionSegment(
              sampler.version(segment),
              segment.firstToken(),
              segment.firstToken() + segment.tokens()));
    }
    return Rollout.newBuilder()
        .setRolloutId(generation.request().id())
        .setRequestId(request.getRequestId())
        .setPromptId(request.getPromptId())
        .setSampleIndex(asked.sampleIndex())
        .setPromptText(request.getPromptText())
        .setPromptTokenIds(request.getPromptTokenIds())
        .setResponseText(
            tokenizer.decodeAfter(
                generation.request().promptTokenIds(), generation.tokenIds(), true))
        .setResponseTokenIds(tokens)
        .setBehaviorLogProbabilities(list(generation.logProbabilities()))
        .setModelLogProbabilities(
            RolloutRules.cutsTheDistribution(request.getSampling())
                ? list(generation.wholeLogProbabilities())
                : null)
        .setSampling(request.getSampling())
        .setSegments(segments)
        .setFinishReason(generation.stopped() ? FinishReason.STOP : FinishReason.LENGTH)
        .setWorkerId(workerId)
        .setStartedAt(started)
        .setFinishedAt(Instant.now())
        .build();
  }

  private static List<Float> list(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }
}
