package org.rlhfstreams.reward;

import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.rlhfstreams.scorers.Scorer;
import org.rlhfstreams.scorers.ScorerException;
import org.rlhfstreams.scorers.kinds.ScorerKinds;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** The kinds of scorers that come with the system: rules, verifiers, services, judges, plug-ins. */
final class BuiltInScorers implements ScorerCatalog {
  @Override
  public Set<String> kinds() {
    return ScorerKinds.all().stream().map(ScorerKind::name).collect(Collectors.toSet());
  }

  @Override
  public void require(RewardConfiguration reward) {
    create(reward).close();
  }

  @Override
  public boolean comparesResponses(RewardConfiguration reward) {
    try (Scorer scorer = create(reward)) {
      return scorer.wholeGroups();
    }
  }

  @Override
  public RolloutScorer open(
      RewardConfiguration reward, KafkaConnection connection, BooleanSupplier stopped) {
    return new BuiltInScorer(
        create(reward), SettingsVersion.of(reward), connection.maxPollInterval(), stopped);
  }

  private static Scorer create(RewardConfiguration reward) {
    try {
      return ScorerKinds.create(reward.scorer(), reward.settings());
    } catch (ScorerException e) {
      throw new ScorerException("rewards: %s: %s".formatted(reward.name(), e.getMessage()), e);
    }
  }
}
