package org.rlhfstreams.reward;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.DeadLetters;
import org.rlhfstreams.service.kafka.TransactionalLoop;

/** Turns rollouts into scored rollouts, a batch at a time. */
final class ScoringHandler implements TransactionalLoop.Handler {
  private final RecordDecoder<Rollout> decoder;
  private final RewardModel rewardModel;
  private final ReferenceModel reference;
  private final DeadLetters deadLetters;
  private final String scoredTopic;
  private final ScoringMeters meters;

  ScoringHandler(
      RecordDecoder<Rollout> decoder,
      RewardModel rewardModel,
      ReferenceModel reference,
      DeadLetters deadLetters,
      String scoredTopic,
      ScoringMeters meters) {
    this.decoder = decoder;
    this.rewardModel = rewardModel;
    this.reference = reference;
    this.deadLetters = deadLetters;
    this.scoredTopic = scoredTopic;
    this.meters = meters;
  }

  @Override
  public List<ProducerRecord<String, Object>> handle(List<ConsumerRecord<String, byte[]>> records) {
    Instant started = Instant.now();
    List<ProducerRecord<String, Object>> outputs = new ArrayList<>();
    List<Rollout> rollouts = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      try {
        Rollout rollout = decoder.decode(record.topic(), record.value());
        Optional<String> problem = problem(rollout);
        if (problem.isEmpty()) {
          rollouts.add(rollout);
        } else {
          outputs.add(deadLetters.of(record, problem.get(), 1));
        }
      } catch (UndecodableException e) {
        outputs.add(deadLetters.of(record, e.getMessage(), 0)); // nobody had asked for it
      }
    }
    meters.refused(outputs.size());
    if (rollouts.isEmpty()) {
      return outputs;
    }
    float[] scores = rewardModel.scores(rollouts);
    float[][] referenceLogProbabilities = reference.logProbabilities(rollouts);
    for (int i = 0; i < scores.length; i++) {
      Rollout rollout = rollouts.get(i);
      outputs.add(
          new ProducerRecord<>(
              scoredTopic,
              0,
              rollout.getRequestId(),
              scored(rollout, scores[i], referenceLogProbabilities[i])));
    }
    meters.scored(rollouts.size(), started);
    return outputs;
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
    for (int t = 0; t < logProbabilities.length; t++) {
      referenceList.add(logProbabilities[t]);
      kl.add(rollout.getBehaviorLogProbabilities().get(t) - logProbabilities[t]);
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
