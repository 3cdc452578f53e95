package org.rlhfstreams.reward;

import io.opentelemetry.api.common.Attributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.exchange.TransactionalLoop;
import org.rlhfstreams.service.kafka.DeadLetters;
import org.rlhfstreams.service.tracing.StageTracing;

/** Turns rollouts into scored rollouts, a batch at a time. */
final class ScoringHandler implements TransactionalLoop.Handler {
  private final RecordDecoder<Rollout> decoder;
  private final RewardModel rewardModel;
  private final ReferenceModel reference;
  private final DeadLetters deadLetters;
  private final String scoredTopic;
  private final ScoringMeters meters;
  private final StageTracing tracing;

  ScoringHandler(
      RecordDecoder<Rollout> decoder,
      RewardModel rewardModel,
      ReferenceModel reference,
      DeadLetters deadLetters,
      String scoredTopic,
      ScoringMeters meters,
      StageTracing tracing) {
    this.decoder = decoder;
    this.rewardModel = rewardModel;
    this.reference = reference;
    this.deadLetters = deadLetters;
    this.scoredTopic = scoredTopic;
    this.meters = meters;
    this.tracing = tracing;
  }

  private record Accepted(ConsumerRecord<String, byte[]> record, Rollout rollout) {}

  @Override
  public List<ProducerRecord<String, Object>> handle(List<ConsumerRecord<String, byte[]>> records) {
    Instant started = Instant.now();
    List<ProducerRecord<String, Object>> refused = new ArrayList<>();
    List<ProducerRecord<String, Object>> scored = new ArrayList<>();
    List<Accepted> accepted = accepted(records, refused);
    if (!accepted.isEmpty()) {
      List<Rollout> rollouts = accepted.stream().map(Accepted::rollout).toList();
      float[] scores = rewardModel.scores(rollouts);
      float[][] referenceLogProbabilities = reference.logProbabilities(rollouts);
      for (int i = 0; i < scores.length; i++) {
        Rollout rollout = rollouts.get(i);
        ScoredRollout event = scored(rollout, scores[i], referenceLogProbabilities[i]);
        Optional<String> problem = RolloutRules.problem(event);
        if (problem.isEmpty()) {
          scored.add(output(accepted.get(i).record(), event, started));
        } else {
          refused.add(
              deadLetters.of(accepted.get(i).record(), DeadLetterKind.RULE, problem.get(), 1));
        }
      }
      meters.scored(
          scored.stream().map(record -> (ScoredRollout) record.value()).toList(), started);
    }
    meters.refused(refused.size());
    scored.addAll(refused);
    return scored;
  }

  private ProducerRecord<String, Object> output(
      ConsumerRecord<String, byte[]> from, ScoredRollout event, Instant started) {
    Optional<TraceParent> trace =
        tracing.span(
            "score",
            TraceParent.of(from.headers()),
            started,
            event.getScoredAt(),
            Attributes.builder()
                .put("rlhf.rollout.id", event.getRollout().getRolloutId())
                .put("rlhf.score", event.getScore())
                .put("rlhf.reward.version", WeightVersions.text(event.getRewardModelVersion()))
                .build());
    return new ProducerRecord<>(
        scoredTopic, 0, event.getRollout().getRequestId(), event, TraceParent.headers(trace));
  }

  private List<Accepted> accepted(
      List<ConsumerRecord<String, byte[]>> records, List<ProducerRecord<String, Object>> refused) {
    List<Accepted> accepted = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      try {
        Rollout rollout = decoder.decode(record.topic(), record.value());
        Optional<String> problem = problem(rollout);
        if (problem.isEmpty()) {
          accepted.add(new Accepted(record, rollout));
        } else {
          refused.add(deadLetters.of(record, DeadLetterKind.RULE, problem.get(), 1));
        }
      } catch (UndecodableException e) {
        // nobody had asked for it
        refused.add(deadLetters.of(record, DeadLetterKind.UNDECODABLE, e.getMessage(), 0));
      }
    }
    return accepted;
  }

  private Optional<String> problem(Rollout rollout) {
    return RolloutRules.problem(
        rollout,
        Math.min(rewardModel.vocabularySize(), reference.vocabularySize()),
        Math.min(rewardModel.maxPositions(), reference.maxPositions()));
  }

  private ScoredRollout scored(Rollout rollout, float score, float[] logProbabilities) {
    List<Float> referenceList = new ArrayList<>();
    List<Float> kl = new ArrayList<>();
    List<Float> policy = RolloutRules.comparableLogProbabilities(rollout);
    for (int t = 0; t < logProbabilities.length; t++) {
      referenceList.add(logProbabilities[t]);
      kl.add(policy.get(t) - logProbabilities[t]);
    }
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore(score)
        .setRewardModelVersion(rewardModel.version())
        .setReferenceLogProbabilities(referenceList)
        .setKl(kl)
        .setScoredAt(Instant.now())
        .build();
  }
}
