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
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.exchange.TransactionalLoop;
import org.rlhfstreams.service.tracing.StageTracing;

/**
 * Turns rollouts into the scores of one scorer, a batch at a time. What is no rollout, or one whose
 * parts do not agree, is the join's to refuse: once, however many scorers read it.
 */
final class ScoringHandler implements TransactionalLoop.Handler {
  /** Characters of what people are told; a record has bounds. */
  private static final int LONGEST_TEXT = 4_000;

  private final String name;
  private final RolloutScorer scorer;
  private final RecordDecoder<Rollout> decoder;
  private final String scoresTopic;
  private final ScoringMeters meters;
  private final StageTracing tracing;

  /**
   * @param name of the scorer in events
   */
  ScoringHandler(
      String name,
      RolloutScorer scorer,
      RecordDecoder<Rollout> decoder,
      String scoresTopic,
      ScoringMeters meters,
      StageTracing tracing) {
    this.name = name;
    this.scorer = scorer;
    this.decoder = decoder;
    this.scoresTopic = scoresTopic;
    this.meters = meters;
    this.tracing = tracing;
  }

  private record Accepted(ConsumerRecord<String, byte[]> record, Rollout rollout) {}

  @Override
  public List<ProducerRecord<String, Object>> handle(List<ConsumerRecord<String, byte[]>> records) {
    List<Accepted> accepted = accepted(records);
    if (accepted.isEmpty()) {
      return List.of();
    }
    Instant started = Instant.now();
    List<Rollout> rollouts = accepted.stream().map(Accepted::rollout).toList();
    List<ScorerAnswer> answers = scorer.score(rollouts);
    if (answers.size() != rollouts.size()) {
      throw new IllegalStateException(
          "the scorer %s has given %s answers to %s rollouts"
              .formatted(name, String.valueOf(answers.size()), String.valueOf(rollouts.size())));
    }
    List<ProducerRecord<String, Object>> scores = new ArrayList<>();
    List<Score> events = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Score score = score(rollouts.get(i), answers.get(i));
      events.add(score);
      scores.add(output(accepted.get(i).record(), score, started));
    }
    meters.scored(rollouts, events, started);
    return scores;
  }

  private List<Accepted> accepted(List<ConsumerRecord<String, byte[]>> records) {
    List<Accepted> accepted = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      try {
        Rollout rollout = decoder.decode(record.topic(), record.value());
        if (RolloutRules.problem(rollout, Integer.MAX_VALUE, Integer.MAX_VALUE).isEmpty()) {
          accepted.add(new Accepted(record, rollout));
        }
      } catch (UndecodableException e) {
        meters.passedOver();
      }
    }
    return accepted;
  }

  /** An answer that breaks a rule becomes a failure, with the rule as its reason. */
  private Score score(Rollout rollout, ScorerAnswer answer) {
    Score score =
        Score.newBuilder()
            .setRolloutId(rollout.getRolloutId())
            .setRequestId(rollout.getRequestId())
            .setScorer(name)
            .setScorerVersion(answer.version())
            .setModelVersion(answer.modelVersion().orElse(null))
            .setValue(answer.value().isPresent() ? answer.value().getAsDouble() : null)
            .setTokenValues(answer.tokenValues().orElse(null))
            .setExplanation(answer.explanation().map(ScoringHandler::cut).orElse(null))
            .setFailure(answer.failure().map(ScoringHandler::cut).orElse(null))
            .setScoredAt(Instant.now())
            .build();
    Optional<String> problem =
        ScoreRules.problem(score).or(() -> ScoreRules.problem(score, rollout));
    return problem.isEmpty()
        ? score
        : Score.newBuilder(score)
            .setValue(null)
            .setTokenValues(null)
            .setFailure(cut(problem.get()))
            .build();
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
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
