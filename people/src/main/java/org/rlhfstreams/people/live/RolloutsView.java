package org.rlhfstreams.people.live;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;

/** The newest samples, and of the newest prompts the oldest and newest ones. */
public final class RolloutsView {
  private static final int MOST = 500;
  private static final int MOST_PROMPTS = 2_000;
  private static final int OF_A_PROMPT = 3;
  private static final int LONGEST_TEXT = 20_000;

  private final Deque<Sample> newest = new ArrayDeque<>();
  private final Map<String, OfPrompt> byPrompt = new LinkedHashMap<>(16, 0.75f, true);
  private WeightVersion rewardModelVersion;

  /**
   * One sample as people see it.
   *
   * @param score of the first reward; NaN where nothing rewards, as in distillation
   * @param scores of each scorer, by its name; empty where there was one reward model alone
   * @param kl of the whole response to the reference, in nats
   * @param version of the policy that finished it
   */
  public record Sample(
      String rolloutId,
      String promptId,
      String prompt,
      String response,
      double score,
      Map<String, Double> scores,
      double kl,
      WeightVersion version,
      String finishReason,
      Instant scoredAt) {}

  /** A record of the topic. Returns it as people see it. */
  public synchronized Sample apply(ScoredRollout scored) {
    Sample sample = sample(scored);
    rewardModelVersion = scored.getRewardModelVersion();
    newest.addFirst(sample);
    if (newest.size() > MOST) {
      newest.removeLast();
    }
    byPrompt.computeIfAbsent(sample.promptId(), any -> new OfPrompt()).add(sample);
    if (byPrompt.size() > MOST_PROMPTS) {
      Iterator<String> eldest = byPrompt.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
    return sample;
  }

  private static Sample sample(ScoredRollout scored) {
    Rollout rollout = scored.getRollout();
    double kl = scored.getKl().stream().mapToDouble(Float::doubleValue).sum();
    Map<String, Double> scores = new TreeMap<>();
    scored.getScores().forEach((name, score) -> scores.put(name, score.getValue()));
    return new Sample(
        rollout.getRolloutId(),
        rollout.getPromptId(),
        shortened(PromptMessages.transcript(rollout.getPromptText(), rollout.getPromptMessages())),
        shortened(rollout.getResponseText()),
        isRewarded(scored) ? scored.getScore() : Double.NaN,
        scores,
        kl,
        finishedBy(rollout),
        rollout.getFinishReason().name(),
        scored.getScoredAt());
  }

  /** Records of releases that had one reward model have its score alone. */
  private static boolean isRewarded(ScoredRollout scored) {
    return !scored.getScores().isEmpty() || scored.getRequiredScorers().isEmpty();
  }

  /** The policy that sampled the end of a rollout. */
  static WeightVersion finishedBy(Rollout rollout) {
    return rollout.getSegments().isEmpty()
        ? new WeightVersion(0, 0L)
        : rollout.getSegments().get(rollout.getSegments().size() - 1).getVersion();
  }

  /** Cut between characters, not within one. */
  static String shortened(String text) {
    if (text.length() <= LONGEST_TEXT) {
      return text;
    }
    int end =
        Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? LONGEST_TEXT - 1 : LONGEST_TEXT;
    return text.substring(0, end) + "…";
  }

  /**
   * The newest ones, newest first.
   *
   * @param promptId of that prompt alone, where given
   * @param version of that version alone, where given, as {@code 0.12}
   */
  public synchronized List<Sample> newest(
      int limit, Optional<String> promptId, Optional<String> version) {
    return newest.stream()
        .filter(sample -> promptId.isEmpty() || sample.promptId().equals(promptId.get()))
        .filter(
            sample ->
                version.isEmpty() || WeightVersions.text(sample.version()).equals(version.get()))
        .limit(limit)
        .toList();
  }

  /** Oldest and newest samples of a prompt, oldest first; empty where it is not known. */
  public synchronized List<Sample> ofPrompt(String promptId) {
    OfPrompt samples = byPrompt.get(promptId);
    return samples == null ? List.of() : samples.all();
  }

  /** The reward model that scored the newest one. */
  public synchronized Optional<WeightVersion> rewardModelVersion() {
    return Optional.ofNullable(rewardModelVersion);
  }

  /** The policy that finished the newest one. */
  public synchronized Optional<WeightVersion> policyVersion() {
    return Optional.ofNullable(newest.peekFirst()).map(Sample::version);
  }

  private static final class OfPrompt {
    private final List<Sample> oldest = new ArrayList<>();
    private final Deque<Sample> latest = new ArrayDeque<>();

    void add(Sample sample) {
      if (oldest.size() < OF_A_PROMPT) {
        oldest.add(sample);
        return;
      }
      latest.addLast(sample);
      if (latest.size() > OF_A_PROMPT) {
        latest.removeFirst();
      }
    }

    List<Sample> all() {
      List<Sample> all = new ArrayList<>(oldest);
      all.addAll(latest);
      return all;
    }
  }
}
