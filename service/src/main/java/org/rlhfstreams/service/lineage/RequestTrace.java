package org.rlhfstreams.service.lineage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * Follows one request: its prompt, its admission, each response, their scores, the steps that
 * learned from them, and the first response that a policy drew which had learned.
 */
public final class RequestTrace {
  private final KafkaConnection connection;
  private final Topics topics;
  private final String requestId;
  private final List<TraceEntry> entries = new ArrayList<>();
  private final Map<WeightVersion, TraceEntry> firstUses = new HashMap<>();
  private final List<WeightVersion> learned = new ArrayList<>();
  private Optional<TraceParent> trace = Optional.empty();
  private Optional<String> promptId = Optional.empty();

  /**
   * @param requestId that admission gave, such as {@code prompt-7/0}
   */
  public RequestTrace(KafkaConnection connection, String requestId) {
    this.connection = connection;
    this.topics = connection.topics();
    this.requestId = requestId;
  }

  /**
   * The request of the newest rollout that was learned from.
   *
   * @return empty where there is none yet
   */
  public static Optional<String> newestLearned(KafkaConnection connection)
      throws ExecutionException, InterruptedException {
    List<String> newest = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          connection.topics().trainingMetrics(),
          connection.decoder(StepMetrics.class),
          (record, step) -> {
            boolean rollouts =
                TrainingObjective.named(step.getObjective())
                    .filter(TrainingObjective::learnsFromRollouts)
                    .isPresent();
            if (rollouts && !step.getRolloutIds().isEmpty()) {
              newest.clear();
              newest.add(step.getRolloutIds().get(0));
            }
          });
    }
    return newest.stream().findFirst().map(RequestTrace::requestOf);
  }

  /** The request that a rollout answers. */
  private static String requestOf(String rolloutId) {
    return rolloutId.substring(0, rolloutId.lastIndexOf('/'));
  }

  /** Reads the log; what has happened to the request so far, in order. */
  public List<TraceEntry> read() throws ExecutionException, InterruptedException {
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(topics.rolloutRequests(), connection.decoder(RolloutRequest.class), this::admitted);
      log.read(
          topics.evaluationRequests(), connection.decoder(RolloutRequest.class), this::admitted);
      log.read(topics.prompts(), connection.decoder(Prompt.class), this::prompted);
      log.read(topics.rollouts(), connection.decoder(Rollout.class), this::sampled);
      log.read(topics.scoredRollouts(), connection.decoder(ScoredRollout.class), this::scored);
      log.read(topics.scoredEvaluations(), connection.decoder(ScoredRollout.class), this::scored);
      log.read(topics.trainingMetrics(), connection.decoder(StepMetrics.class), this::stepped);
      log.read(topics.deadLetters(), connection.decoder(DeadLetter.class), this::buried);
    }
    learned.stream()
        .map(firstUses::get)
        .filter(use -> use != null)
        .findFirst()
        .ifPresent(entries::add);
    return List.copyOf(entries);
  }

  /** The trace that its records belong to; known after {@link #read}. */
  public Optional<String> traceId() {
    return trace.map(TraceParent::traceId);
  }

  private void admitted(ConsumerRecord<String, byte[]> record, RolloutRequest request) {
    if (!request.getRequestId().equals(requestId)) {
      return;
    }
    promptId = Optional.of(request.getPromptId());
    trace = TraceParent.of(record.headers());
    if (request.getEvaluation() != null) {
      add(
          record,
          "admitted",
          "to measure policy %s; nothing is learned from it"
              .formatted(WeightVersions.text(request.getEvaluation().getVersion())));
      return;
    }
    add(
        record,
        "admitted",
        String.format(
            Locale.ROOT,
            "%d response%s, policy %s or newer",
            request.getSamples(),
            request.getSamples() == 1 ? "" : "s",
            WeightVersions.text(request.getMinimumVersion())));
  }

  private void prompted(ConsumerRecord<String, byte[]> record, Prompt prompt) {
    if (promptId.isPresent() && promptId.get().equals(prompt.getPromptId())) {
      String text = prompt.getText() == null ? prompt.getMessages().toString() : prompt.getText();
      entries.add(
          0, TraceEntry.of(record, "prompt", prompt.getSource() + ": " + ShownText.of(text)));
    }
  }

  private void sampled(ConsumerRecord<String, byte[]> record, Rollout rollout) {
    for (VersionSegment segment : rollout.getSegments()) {
      firstUses.putIfAbsent(
          segment.getVersion(),
          TraceEntry.of(
              record,
              "policy in use",
              "%s, first for %s by %s"
                  .formatted(
                      WeightVersions.text(segment.getVersion()),
                      rollout.getRolloutId(),
                      rollout.getWorkerId())));
    }
    if (!rollout.getRequestId().equals(requestId)) {
      return;
    }
    List<String> versions =
        rollout.getSegments().stream()
            .map(segment -> WeightVersions.text(segment.getVersion()))
            .toList();
    add(
        record,
        "sampled",
        String.format(
            Locale.ROOT,
            "%s: %d tokens by policy %s on %s: %s",
            rollout.getRolloutId(),
            rollout.getResponseTokenIds().size(),
            String.join(", ", versions),
            rollout.getWorkerId(),
            ShownText.of(rollout.getResponseText())));
  }

  private void scored(ConsumerRecord<String, byte[]> record, ScoredRollout scored) {
    if (scored.getRollout().getRequestId().equals(requestId)) {
      double kl = scored.getKl().stream().mapToDouble(Float::doubleValue).sum();
      add(
          record,
          "scored",
          String.format(
              Locale.ROOT,
              "%s: %s, KL %.3f%s",
              scored.getRollout().getRolloutId(),
              reward(scored),
              kl,
              byName(scored.getScores())));
    }
  }

  private static String reward(ScoredRollout scored) {
    if (scored.getRequiredScorers().equals(List.of(ScoreRules.REFERENCE))) {
      return "no reward";
    }
    return String.format(
        Locale.ROOT,
        "score %.3f by reward model %s",
        scored.getScore(),
        WeightVersions.text(scored.getRewardModelVersion()));
  }

  /** All scores, if there are several. */
  private static String byName(Map<String, ComponentScore> scores) {
    return scores.size() < 2
        ? ""
        : new TreeMap<>(scores)
            .entrySet().stream()
                .map(
                    score ->
                        String.format(
                            Locale.ROOT, "%s %.3f", score.getKey(), score.getValue().getValue()))
                .collect(Collectors.joining(", ", "; ", ""));
  }

  private void stepped(ConsumerRecord<String, byte[]> record, StepMetrics step) {
    List<String> own =
        step.getRolloutIds().stream()
            .filter(id -> id.contains("/") && requestOf(id).equals(requestId))
            .toList();
    if (!own.isEmpty()) {
      learned.add(step.getVersion());
      add(
          record,
          "learned",
          String.format(
              Locale.ROOT,
              "%s: with %d others, into policy %s (%s)",
              String.join(", ", own),
              step.getRolloutIds().size() - own.size(),
              WeightVersions.text(step.getVersion()),
              step.getObjective()));
    }
  }

  private void buried(ConsumerRecord<String, byte[]> record, DeadLetter letter) {
    if (letter.getKey() != null
        && requestId.equals(
            StandardCharsets.UTF_8.decode(letter.getKey().duplicate()).toString())) {
      String cut =
          letter.getCut().isEmpty() ? "" : " (cut: " + String.join(", ", letter.getCut()) + ")";
      add(record, "refused", letter.getStage() + ": " + letter.getReason() + cut);
    }
  }

  private void add(ConsumerRecord<String, byte[]> record, String event, String detail) {
    entries.add(TraceEntry.of(record, event, detail));
  }
}
