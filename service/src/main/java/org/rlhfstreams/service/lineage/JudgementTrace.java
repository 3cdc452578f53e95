package org.rlhfstreams.service.lineage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.RevisionId;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * Follows what a person said: the question, the answer, the preference that it is in, the step of
 * the reward model that learned from it, the first score by such a reward model, the step of the
 * policy that learned from such a score, and the first response of that policy. An objective that
 * learns policies from preferences takes the short way.
 */
public final class JudgementTrace {
  // The step that learns from one of them first has one of the first.
  private static final int REMEMBERED_SCORES = 10_000;

  private final KafkaConnection connection;
  private final Topics topics;
  private final String id;
  private final List<TraceEntry> entries = new ArrayList<>();
  private final Set<String> runs = new HashSet<>();
  private final Set<String> scoredSo = new HashSet<>();
  private Optional<String> comparisonId = Optional.empty();
  private String preferenceId;
  private Optional<WeightVersion> rewardVersion = Optional.empty();
  private Optional<WeightVersion> policyVersion = Optional.empty();
  private boolean used;

  /**
   * @param id of a judgement; or of a preference, which then begins the way
   */
  public JudgementTrace(KafkaConnection connection, String id) {
    this.connection = connection;
    this.topics = connection.topics();
    this.id = id;
    this.preferenceId = id;
  }

  /** Reads the log; what has come of it so far, in order. */
  public List<TraceEntry> read() throws ExecutionException, InterruptedException {
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(topics.judgements(), connection.decoder(Judgement.class), this::judged);
      if (comparisonId.isPresent()) {
        log.read(topics.comparisons(), connection.decoder(Comparison.class), this::asked);
      }
      log.read(topics.preferences(), connection.decoder(Preference.class), this::preferred);
      if (entries.isEmpty()) {
        return List.of();
      }
      log.read(topics.trainingMetrics(), connection.decoder(StepMetrics.class), this::learned);
      if (rewardVersion.isPresent()) {
        log.read(topics.scoredRollouts(), connection.decoder(ScoredRollout.class), this::scored);
        log.read(
            topics.trainingMetrics(), connection.decoder(StepMetrics.class), this::learnedScores);
      }
      if (policyVersion.isPresent()) {
        log.read(topics.rollouts(), connection.decoder(Rollout.class), this::sampled);
      }
    }
    return List.copyOf(entries);
  }

  private void judged(ConsumerRecord<String, byte[]> record, Judgement judgement) {
    if (!judgement.getJudgementId().equals(id)) {
      return;
    }
    comparisonId = Optional.of(judgement.getComparisonId());
    // The answer of an annotation tool has a preference of its own, with the same id.
    preferenceId =
        RevisionId.parse(id).isPresent() ? id : "comparison/" + judgement.getComparisonId();
    if (judgement.getWithdrawn()) {
      add(record, "taken back", "the judgement of " + judgement.getAnnotator());
    } else {
      add(
          record,
          "judged",
          String.format(
              Locale.ROOT,
              "%s by %s after %.1f s",
              judgement.getChoice().name().toLowerCase(Locale.ROOT),
              judgement.getAnnotator(),
              judgement.getMillisecondsSpent() / 1e3));
    }
  }

  private void asked(ConsumerRecord<String, byte[]> record, Comparison comparison) {
    if (comparison.getComparisonId().equals(comparisonId.orElseThrow())
        && comparison.getClosed() == null) {
      entries.add(
          0,
          TraceEntry.of(
              record,
              "asked",
              "%s or %s (%s): %s"
                  .formatted(
                      comparison.getFirst().getRolloutId(),
                      comparison.getSecond().getRolloutId(),
                      comparison.getReason(),
                      ShownText.of(comparison.getPromptText()))));
    }
  }

  private void preferred(ConsumerRecord<String, byte[]> record, Preference preference) {
    if (!preference.getPreferenceId().equals(preferenceId)) {
      return;
    }
    if (preference.getWithdrawn()) {
      add(record, "taken back", "the preference " + preferenceId);
      return;
    }
    String others =
        preference.getAnnotators().size() > 1
            ? String.format(Locale.ROOT, " of %d people", preference.getAnnotators().size())
            : "";
    add(
        record,
        "preference",
        "%s%s: %s".formatted(preferenceId, others, ShownText.of(preference.getChosen())));
  }

  private void learned(ConsumerRecord<String, byte[]> record, StepMetrics step) {
    if (step.getHeldOutIds().contains(preferenceId)) {
      add(
          record,
          "held out",
          String.format(
              Locale.ROOT,
              "%s judges reward models from step %d on and is not learned from",
              preferenceId,
              step.getVersion().getStep()));
    }
    long own = step.getRolloutIds().stream().filter(this::isOfThePreference).count();
    if (own == 0 || !runs.add(step.getRunId())) {
      return; // steps that learn it again are not told
    }
    boolean reward =
        TrainingObjective.named(step.getObjective())
            .filter(TrainingObjective::trainsRewardModel)
            .isPresent();
    boolean withheld = step.getValues().getOrDefault("people/withheld", 0.0) > 0;
    add(
        record,
        "learned",
        String.format(
            Locale.ROOT,
            "%s: with %d others, into %s %s (%s)%s",
            preferenceId,
            step.getRolloutIds().size() - own,
            reward ? "reward model" : "policy",
            WeightVersions.text(step.getVersion()),
            step.getObjective(),
            withheld ? ", which is withheld; the next that goes out has it too" : ""));
    if (reward) {
      rewardVersion = rewardVersion.or(() -> Optional.of(step.getVersion()));
    } else {
      policyVersion = policyVersion.or(() -> Optional.of(step.getVersion()));
    }
  }

  /** A preference is one example, or two that have its id and a part behind it. */
  private boolean isOfThePreference(String exampleId) {
    return exampleId.equals(preferenceId)
        || exampleId.equals(preferenceId + "/chosen")
        || exampleId.equals(preferenceId + "/rejected");
  }

  private void scored(ConsumerRecord<String, byte[]> record, ScoredRollout scored) {
    if (isBefore(scored.getRewardModelVersion(), rewardVersion.orElseThrow())) {
      return;
    }
    String rolloutId = scored.getRollout().getRolloutId();
    if (scoredSo.isEmpty()) {
      add(
          record,
          "scored",
          String.format(
              Locale.ROOT,
              "%s: score %.3f by reward model %s, the first by one that has learned from it",
              rolloutId,
              scored.getScore(),
              WeightVersions.text(scored.getRewardModelVersion())));
    }
    if (scoredSo.size() < REMEMBERED_SCORES) {
      scoredSo.add(rolloutId);
    }
  }

  private void learnedScores(ConsumerRecord<String, byte[]> record, StepMetrics step) {
    long own = step.getRolloutIds().stream().filter(scoredSo::contains).count();
    if (own == 0 || policyVersion.isPresent()) {
      return;
    }
    policyVersion = Optional.of(step.getVersion());
    add(
        record,
        "learned",
        String.format(
            Locale.ROOT,
            "%d of %d responses with such scores, into policy %s (%s)",
            own,
            step.getRolloutIds().size(),
            WeightVersions.text(step.getVersion()),
            step.getObjective()));
  }

  private void sampled(ConsumerRecord<String, byte[]> record, Rollout rollout) {
    if (used) {
      return;
    }
    for (VersionSegment segment : rollout.getSegments()) {
      if (!isBefore(segment.getVersion(), policyVersion.orElseThrow())) {
        used = true;
        add(
            record,
            "policy in use",
            "%s, first for %s by %s"
                .formatted(
                    WeightVersions.text(segment.getVersion()),
                    rollout.getRolloutId(),
                    rollout.getWorkerId()));
        return;
      }
    }
  }

  private static boolean isBefore(WeightVersion version, WeightVersion other) {
    return WeightVersions.isNewer(other, version);
  }

  private void add(ConsumerRecord<String, byte[]> record, String event, String detail) {
    entries.add(TraceEntry.of(record, event, detail));
  }
}
