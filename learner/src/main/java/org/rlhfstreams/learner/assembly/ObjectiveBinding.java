package org.rlhfstreams.learner.assembly;

import java.util.List;
import java.util.function.Function;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.Demonstration;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.data.PreferencePair;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.learner.training.EvaluatingTrainer;
import org.rlhfstreams.learner.training.Trainer;
import org.rlhfstreams.service.configuration.PreferenceConfiguration;
import org.rlhfstreams.service.objective.TrainingObjective;

/** What the learner adds to an entry of the registry: its trainer and what the trainer reads. */
public sealed interface ObjectiveBinding {
  /** The trainer of an objective on scored rollouts; the caller of the factory closes it. */
  record OfRollouts(Function<TrainerResources, Trainer<ScoredSample>> trainer)
      implements ObjectiveBinding {}

  /**
   * The trainer of an objective on preferences; the caller of the factory closes it.
   *
   * @param conversion from a preference to the trainer's examples
   * @param <E> the kind of example
   */
  record OfPreferences<E extends Example>(
      Function<TrainerResources, EvaluatingTrainer<E>> trainer, Conversion<E> conversion)
      implements ObjectiveBinding {}

  /**
   * From a preference to examples.
   *
   * @param <E> the kind of example
   */
  interface Conversion<E> {
    /**
     * The examples of a preference; none if it holds none of this kind.
     *
     * @throws UnusableException if it cannot be learned from
     */
    List<E> of(PreferenceRows rows, Preference preference) throws UnusableException;
  }

  /** The binding of an objective. */
  static ObjectiveBinding of(TrainingObjective objective) {
    return switch (objective) {
      case PPO -> new OfRollouts(RolloutTrainers::ppo);
      case GRPO,
          DR_GRPO,
          GSPO,
          CISPO,
          SAPO,
          LUSPO,
          VESPO,
          GMPO,
          RLOO,
          REINFORCE_PLUS_PLUS,
          DISTILLATION ->
          new OfRollouts(resources -> RolloutTrainers.criticFree(resources, objective));
      case ONLINE_DPO -> new OfRollouts(RolloutTrainers::onlinePreference);
      case SFT -> texts(PreferenceTrainers::supervised);
      case REWARD -> pairs(PreferenceTrainers::reward);
      case DPO -> pairLoss(PairObjectives::directPreference);
      case CPO -> pairLoss(PairObjectives::contrastive);
      case SIMPO -> pairLoss(PairObjectives::simple);
      case ORPO ->
          new OfPreferences<>(
              onPairs(PairObjectives::oddsRatio),
              (rows, preference) -> List.of(rows.surroundedPair(preference)));
      case KTO -> labels(PreferenceTrainers::kahnemanTversky);
    };
  }

  private static ObjectiveBinding texts(
      Function<TrainerResources, EvaluatingTrainer<Demonstration>> trainer) {
    return new OfPreferences<>(
        trainer, (rows, preference) -> List.of(rows.demonstration(preference)));
  }

  private static ObjectiveBinding labels(
      Function<TrainerResources, EvaluatingTrainer<LabelledResponse>> trainer) {
    return new OfPreferences<>(trainer, PreferenceRows::labelled);
  }

  private static ObjectiveBinding pairs(
      Function<TrainerResources, EvaluatingTrainer<PreferencePair>> trainer) {
    return new OfPreferences<>(trainer, (rows, preference) -> List.of(rows.pair(preference)));
  }

  private static ObjectiveBinding pairLoss(Function<PreferenceConfiguration, PairObjective> loss) {
    return pairs(onPairs(loss));
  }

  private static Function<TrainerResources, EvaluatingTrainer<PreferencePair>> onPairs(
      Function<PreferenceConfiguration, PairObjective> loss) {
    return resources ->
        PreferenceTrainers.onPairs(resources, loss.apply(resources.configuration().preference()));
  }
}
