package org.rlhfstreams.learner.assembly;

import java.util.Optional;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.training.CriticFreeStrategy;
import org.rlhfstreams.learner.training.OnlinePreferenceTrainer;
import org.rlhfstreams.learner.training.PpoStrategy;
import org.rlhfstreams.learner.training.RolloutTrainer;
import org.rlhfstreams.learner.training.Trainer;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.ValueModelKind;
import org.rlhfstreams.service.objective.TrainingObjective;

/** Trainers on scored rollouts. */
final class RolloutTrainers {
  private RolloutTrainers() {}

  static Trainer<ScoredSample> ppo(TrainerResources resources) {
    RlhfConfiguration configuration = resources.configuration();
    boolean headed = configuration.ppo().valueModel() == ValueModelKind.HEAD;
    return new RolloutTrainer(
        new PpoStrategy(configuration.ppo()),
        headed ? resources.models().withValueHead(resources.start()) : resources.policy(),
        headed
            ? Optional.empty()
            : Optional.of(resources.models().scorer(configuration.model().requiredReward())),
        resources.learner());
  }

  static Trainer<ScoredSample> criticFree(TrainerResources resources, TrainingObjective objective) {
    CriticFreeConfiguration settings = resources.configuration().criticFree();
    return new RolloutTrainer(
        new CriticFreeStrategy(
            CriticFreeVariants.of(objective, settings),
            settings,
            resources.configuration().sampling().maxNewTokens()),
        resources.policy(),
        Optional.empty(),
        resources.learner());
  }

  static Trainer<ScoredSample> onlinePreference(TrainerResources resources) {
    RlhfConfiguration configuration = resources.configuration();
    return new OnlinePreferenceTrainer(
        resources.policy(),
        PairObjectives.directPreference(configuration.preference()),
        configuration.criticFree().missingEosPenalty().orElse(0),
        resources.learner());
  }
}
