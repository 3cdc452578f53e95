package org.rlhfstreams.worker;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.tracing.StageTracing;
import org.rlhfstreams.worker.engine.EndedResponse;

/** Writes rollouts of finished requests: {@code rolloutId = requestId/sampleIndex}. */
final class RolloutEvents {
  private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("rlhf.request.id");

  private final Tokenizer tokenizer;
  private final String rolloutTopic;
  private final String workerId;
  private final StageTracing tracing;

  RolloutEvents(Tokenizer tokenizer, String rolloutTopic, String workerId, StageTracing tracing) {
    this.tokenizer = tokenizer;
    this.rolloutTopic = rolloutTopic;
    this.workerId = workerId;
    this.tracing = tracing;
  }

  /** A request's rollouts, in the order in which its responses were finished. */
  List<ProducerRecord<String, Object>> rollouts(RequestTask task) {
    Optional<TraceParent> trace =
        tracing.span(
            "wait",
            TraceParent.of(task.record().headers()),
            task.request().getCreatedAt(),
            task.startedAt(),
            Attributes.of(REQUEST, task.request().getRequestId()));
    return task.responses().stream()
        .map(response -> output(trace, rollout(task, response)))
        .toList();
  }

  private ProducerRecord<String, Object> output(Optional<TraceParent> parent, Rollout rollout) {
    Optional<TraceParent> trace =
        tracing.span(
            "sample",
            parent,
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

  private Rollout rollout(RequestTask task, FinishedResponse response) {
    RolloutRequest request = task.request();
    EndedResponse.Sampled sampled = response.sampled();
    List<Integer> tokens = new ArrayList<>();
    for (int token : sampled.tokenIds()) {
      tokens.add(token);
    }
    return Rollout.newBuilder()
        .setRolloutId(response.asked().id())
        .setRequestId(request.getRequestId())
        .setPromptId(request.getPromptId())
        .setSampleIndex(response.sampleIndex())
        .setPromptText(request.getPromptText())
        .setPromptMessages(request.getPromptMessages())
        .setPromptTemplateVariables(request.getPromptTemplateVariables())
        .setPromptTokenIds(request.getPromptTokenIds())
        .setResponseText(
            tokenizer.decodeAfter(response.asked().promptTokenIds(), sampled.tokenIds(), true))
        .setResponseTokenIds(tokens)
        .setBehaviorLogProbabilities(list(sampled.logProbabilities()))
        .setModelLogProbabilities(
            RolloutRules.cutsTheDistribution(request.getSampling())
                ? list(sampled.wholeLogProbabilities())
                : null)
        .setSampling(request.getSampling())
        .setSegments(sampled.segments())
        .setFinishReason(sampled.stopped() ? FinishReason.STOP : FinishReason.LENGTH)
        .setWorkerId(workerId)
        .setStartedAt(task.startedAt())
        .setFinishedAt(response.finishedAt())
        .setMetadata(request.getMetadata())
        .setSamples(request.getSamples())
        .setEvaluation(request.getEvaluation())
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
