package org.rlhfstreams.reward.rescore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RewardNormalisation;

/**
 * What rollouts were rewarded for before: a weighted sum of scores that the log has, as their
 * scorers gave them. What a batch or a group did to them before the sum is not repeated: which
 * rollouts were learned together is not known here.
 */
public final class OldReward {
  private final String text;
  private final List<Part> parts;

  private record Part(String scorer, double weight, OptionalDouble clip) {}

  private OldReward(String text, List<Part> parts) {
    this.text = text;
    this.parts = List.copyOf(parts);
  }

  /** The scores of one scorer, or earlier versions of it. */
  public static OldReward of(String scorer) {
    return new OldReward(scorer, List.of(new Part(scorer, 1, OptionalDouble.empty())));
  }

  /**
   * The rewards that are learned from, without one.
   *
   * @return empty if no other has a weight
   */
  public static Optional<OldReward> of(List<RewardConfiguration> rewards, String without) {
    List<RewardConfiguration> learned =
        rewards.stream()
            .filter(reward -> reward.weight() != 0 && !reward.name().equals(without))
            .toList();
    if (learned.isEmpty()) {
      return Optional.empty();
    }
    List<Part> parts = new ArrayList<>();
    for (RewardConfiguration reward : learned) {
      boolean isRaw = reward.normalise() == RewardNormalisation.RAW;
      parts.add(
          new Part(reward.name(), reward.weight(), isRaw ? reward.clip() : OptionalDouble.empty()));
    }
    String text =
        learned.stream()
            .map(reward -> weighted(reward.weight(), reward.name()))
            .collect(Collectors.joining(" + "));
    return Optional.of(new OldReward(text, parts));
  }

  private static String weighted(double weight, String name) {
    if (weight == 1) {
      return name;
    }
    String number = String.valueOf(weight);
    return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number)
        + " × "
        + name;
  }

  /** What it is called for people. */
  public String text() {
    return text;
  }

  /** Whose scores it is made of. */
  Set<String> scorers() {
    return parts.stream().map(Part::scorer).collect(Collectors.toSet());
  }

  /**
   * The sum for a rollout.
   *
   * @return empty if the log lacks one of the scores
   */
  OptionalDouble of(KnownScores known, String rolloutId) {
    double sum = 0;
    for (Part part : parts) {
      OptionalDouble score = known.before(rolloutId, part.scorer());
      if (score.isEmpty()) {
        return OptionalDouble.empty();
      }
      double bound = part.clip().orElse(Double.POSITIVE_INFINITY);
      sum += part.weight() * Math.max(-bound, Math.min(bound, score.getAsDouble()));
    }
    return OptionalDouble.of(sum);
  }
}
