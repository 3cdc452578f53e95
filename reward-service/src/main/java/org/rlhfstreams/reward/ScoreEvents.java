package org.rlhfstreams.reward;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.tracing.StageTracing;

/**
 * Reads the rollouts that one scorer is asked about, and writes what it answers as its scores. What
 * is no rollout, or one whose parts do not agree, is the join's to refuse: once, however many
 * scorers read it. One thread.
 */
final class ScoreEvents {
  private final String name;
  private final RecordDecoder<Rollout> decoder;
  private final String scoresTopic;
  private final ScoringMeters meters;
  private final StageTracing tracing;

  /**
   * @param name of the scorer in events
   */
  ScoreEvents(
      String name,
      RecordDecoder<Rollout> decoder,
      String scoresTopic,
      ScoringMeters meters,
      StageTracing tracing) {
    this.name = name;
    this.decoder = decoder;
    this.scoresTopic = scoresTopic;
    this.meters = meters;
    this.tracing = tracing;
  }

  /** The rollout in a record; empty if the record cannot be decoded. */
  Optional<RolloutRecord> read(ConsumerRecord<String, byte[]> record) {
    try {
      return Optional.of(new RolloutRecord(record, decoder.decode(record.topic(), record.value())));
    } catch (UndecodableException e) {
      meters.passedOver();
      return Optional.empty();
    }
  }

  /** Why a rollout cannot be scored by anybody, if it cannot. Models have limits of their own. */
  static Optional<String> problem(Rollout rollout) {
    return RolloutRules.problem(rollout, Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /**
   * The scores that say what a scorer has answered.
   *
   * @param answers to the rollouts, in their order
   * @param started when the scorer was asked
   * @return a record for each, in their order
   * @throws IllegalStateException if there are more or fewer answers
   */
  List<ProducerRecord<String, Object>> written(
      List<RolloutRecord> rollouts, List<ScorerAnswer> answers, Instant started) {
    if (answers.size() != rollouts.size()) {
      throw new IllegalStateException(
          "the scorer %s has given %s answers to %s rollouts"
              .formatted(name, String.valueOf(answers.size()), String.valueOf(rollouts.size())));
    }
    List<ProducerRecord<String, Object>> records = new ArrayList<>();
    List<Score> events = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Score score = AnswerScores.of(name, rollouts.get(i).rollout(), answers.get(i), false);
      events.add(score);
      records.add(output(rollouts.get(i).record(), score, started));
    }
    meters.scored(rollouts.stream().map(RolloutRecord::rollout).toList(), events, started);
    return records;
  }

  /** In the partition of the rollout: there the join reads both. */
  private ProducerRecord<String, Object> output(
      ConsumerRecord<String, byte[]> from, Score score, Instant started) {
    AttributesBuilder attributes =
        Attributes.builder()
            .put("rlhf.rollout.id", score.getRolloutId())
            .put("rlhf.scorer", name)
            .put("rlhf.scorer.version", score.getScorerVersion());
    if (score.getValue() != null) {
      attributes.put("rlhf.score", score.getValue());
    }
    Optional<TraceParent> trace =
        tracing.span(
            "score",
            TraceParent.of(from.headers()),
            started,
            score.getScoredAt(),
            attributes.build());
    return new ProducerRecord<>(
        scoresTopic, from.partition(), score.getRequestId(), score, TraceParent.headers(trace));
  }
}
