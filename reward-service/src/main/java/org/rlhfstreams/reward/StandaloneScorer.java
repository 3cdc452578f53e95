package org.rlhfstreams.reward;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.ModelFingerprint;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.text.SharedVocabulary;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.training.RewardInput;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * One scorer of the rewards outside a reward service. It stays the same for as long as it is open:
 * a reward model is the one of its directory. One thread opens, uses and closes it.
 */
public final class StandaloneScorer implements AutoCloseable {
  private final RewardConfiguration reward;
  private final String version;
  private final RolloutScorer scorer;

  private StandaloneScorer(RewardConfiguration reward, String version, RolloutScorer scorer) {
    this.reward = reward;
    this.version = version;
    this.scorer = scorer;
  }

  /**
   * Finds the reward whose scorer is wanted and checks it, by settings and files alone.
   *
   * @throws org.rlhfstreams.common.ExplainedException if no reward has that name, no process of
   *     ours runs its scorer, its weights are those of a learner, or a setting or a model cannot be
   *     used
   */
  public static RewardConfiguration require(RlhfConfiguration configuration, String name) {
    RewardConfiguration reward =
        configuration
            .effectiveRewards()
            .named(name)
            .orElseThrow(() -> unknown(configuration, name));
    BuiltInScorers catalog = new BuiltInScorers();
    ScorerPlan.requireKind(reward, catalog);
    if (reward.scorer().equals(RewardConfiguration.EXTERNAL)) {
      throw new ConfigurationException(
          "rewards: %s is external: its program is yours to run. Let it read rollouts from the beginning and write to scores, with rescored: true"
              .formatted(name));
    }
    if (!ScorerPlan.isModel(reward)) {
      catalog.require(reward);
      return reward;
    }
    if (ScorerPlan.isLiveModel(reward)) {
      throw new ConfigurationException(
          "rewards: %s follows the learner of the reward model, so that its weights change while it scores: give it those of a directory, settings: {model: DIR}; rlhf model export --of reward --output DIR writes the newest"
              .formatted(name));
    }
    Path policy = configuration.model().requiredPolicy();
    ModelDirectory model = ModelDirectory.open(ScorerPlan.directory(reward, configuration));
    RewardInput.requireRewardModel(model);
    SharedVocabulary.requireWhereKnown(policy, model.path());
    ComputeDevice.require(configuration.model().device());
    MachineMemory.require(
        RewardService.frozen("reward " + name, configuration, model),
        "scoring with " + model.path(),
        configuration.operations().memoryCheck().goesOn());
    return reward;
  }

  private static ConfigurationException unknown(RlhfConfiguration configuration, String name) {
    return new ConfigurationException(
        "there is no reward %s; there are %s. Write it below rewards, such as {name: %s, scorer: math, weight: 0}"
            .formatted(
                name,
                configuration.effectiveRewards().all().stream()
                    .map(RewardConfiguration::name)
                    .collect(Collectors.toCollection(TreeSet::new))
                    .stream()
                    .collect(Collectors.joining(", ")),
                name));
  }

  /**
   * Opens one.
   *
   * @param reward that {@link #require} has given
   * @param stopped ends the wait for a service that is away
   * @throws org.rlhfstreams.common.ExplainedException if it cannot be opened
   */
  public static StandaloneScorer open(
      KafkaConnection connection, RewardConfiguration reward, BooleanSupplier stopped) {
    if (!ScorerPlan.isModel(reward)) {
      return new StandaloneScorer(
          reward,
          SettingsVersion.of(reward),
          new BuiltInScorers().open(reward, connection, stopped));
    }
    RlhfConfiguration configuration = connection.configuration();
    ComputeDevice.select(configuration.model().device());
    Path policy = configuration.model().requiredPolicy();
    int endOfSequence;
    try (Tokenizer tokenizer = Tokenizer.open(policy, ModelDirectory.readConfiguration(policy))) {
      endOfSequence = tokenizer.endOfSequence();
    }
    ModelDirectory model = ModelDirectory.open(ScorerPlan.directory(reward, configuration));
    return new StandaloneScorer(
        reward,
        ModelFingerprint.of(model.path()),
        ofModel(model, configuration.model().dtype().name(), endOfSequence));
  }

  /** A reward model that stays as it is in its directory. */
  static RolloutScorer ofModel(ModelDirectory model, String type, int endOfSequence) {
    return ModelScorers.of(
        new RewardModel(model, ComputeType.named(type, model), endOfSequence, new NoVersions()),
        Optional.of(ModelFingerprint.of(model.path())));
  }

  /** Its name in events. */
  public String name() {
    return reward.name();
  }

  /** Its version in events: the same version gives the same rollout the same score. */
  public String version() {
    return version;
  }

  /** Rollouts that it is best given at once. */
  public int batchSize(int configured) {
    return scorer.batchSize(configured);
  }

  /**
   * Scores some.
   *
   * @param rollouts whose parts agree with each other
   * @return an answer for each, in their order; one that cannot be scored has a failure
   * @throws org.apache.kafka.common.errors.WakeupException if it was told to stop before
   */
  public List<ScorerAnswer> score(List<Rollout> rollouts) {
    return scorer.score(rollouts);
  }

  @Override
  public void close() {
    scorer.close();
  }
}
