package org.rlhfstreams.learner.assembly;

import java.util.Optional;
import org.rlhfstreams.learner.data.Demonstration;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.data.PreferencePair;
import org.rlhfstreams.learner.objectives.RewardObjective;
import org.rlhfstreams.learner.objectives.preference.KahnemanTverskyObjective;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.learner.training.EvaluatingTrainer;
import org.rlhfstreams.learner.training.LabelTrainer;
import org.rlhfstreams.learner.training.PreferenceTrainer;
import org.rlhfstreams.learner.training.RewardTrainer;
import org.rlhfstreams.learner.training.SupervisedTrainer;
import org.rlhfstreams.service.configuration.PreferenceConfiguration;
import org.rlhfstreams.service.objective.AuxiliaryModel;

/** Trainers on texts, pairs and labels. */
final class PreferenceTrainers {
  private PreferenceTrainers() {}

  static EvaluatingTrainer<Demonstration> supervised(TrainerResources resources) {
    return new SupervisedTrainer(resources.policy(), resources.learner().learningRate());
  }

  static EvaluatingTrainer<PreferencePair> reward(TrainerResources resources) {
    return new RewardTrainer(
        resources.models().scorer(resources.start()),
        new RewardObjective(resources.configuration().preference().rewardCentering()),
        resources.learner().learningRate());
  }

  static EvaluatingTrainer<PreferencePair> onPairs(
      TrainerResources resources, PairObjective objective) {
    return new PreferenceTrainer(
        resources.policy(),
        resources.learner().objective().needs(AuxiliaryModel.REFERENCE)
            ? Optional.of(resources.reference().get())
            : Optional.empty(),
        objective,
        resources.learner().learningRate());
  }

  static EvaluatingTrainer<LabelledResponse> kahnemanTversky(TrainerResources resources) {
    PreferenceConfiguration settings = resources.configuration().preference();
    return new LabelTrainer(
        resources.policy(),
        resources.reference().get(),
        new KahnemanTverskyObjective(
            settings.beta(), settings.desirableWeight(), settings.undesirableWeight()),
        resources.longestRow(),
        resources.learner().learningRate());
  }
}
