package org.rlhfstreams.it.chaos;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.it.Log;
import org.rlhfstreams.schemas.DeadLetterKind;

/**
 * What the log has of a run.
 *
 * @param accepted ids of the judgements that the pages said they have
 */
record ChaosOutcome(Log log, List<String> accepted) {
  /** Responses that were asked for. */
  List<String> admitted() {
    return log.read(log.topics().rolloutRequests(), RolloutRequest.class).stream()
        .map(request -> request.getRequestId() + "/0")
        .toList();
  }

  List<String> scored() {
    return log.read(log.topics().scoredRollouts(), ScoredRollout.class).stream()
        .map(scored -> scored.getRollout().getRolloutId())
        .toList();
  }

  List<StepMetrics> steps() {
    return log.read(log.topics().trainingMetrics(), StepMetrics.class);
  }

  List<String> learned() {
    return steps().stream().flatMap(step -> step.getRolloutIds().stream()).toList();
  }

  /** Those that came too late to be learned from; others were admitted in their place. */
  List<String> late() {
    return deadLetters().stream()
        .filter(letter -> DeadLetterKind.STALE.text().equals(letter.getKind()))
        .map(letter -> StandardCharsets.UTF_8.decode(letter.getKey().duplicate()) + "/0")
        .distinct() // a learner that was killed may say it again
        .toList();
  }

  /** How many were asked for and have neither been learned from nor come too late. */
  int underWay() {
    Set<String> left = new HashSet<>(admitted());
    learned().forEach(left::remove);
    late().forEach(left::remove);
    return left.size();
  }

  List<String> judgements() {
    return log.read(log.topics().judgements(), Judgement.class).stream()
        .map(Judgement::getJudgementId)
        .toList();
  }

  List<DeadLetter> deadLetters() {
    return log.read(log.topics().deadLetters(), DeadLetter.class);
  }
}
