package org.rlhfstreams.learner.assembly;

import org.rlhfstreams.learner.objectives.preference.DirectPreferenceObjective;
import org.rlhfstreams.learner.objectives.preference.OddsRatioObjective;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.Likelihood;
import org.rlhfstreams.service.configuration.PreferenceConfiguration;

/** Objectives on pairs as they are configured. */
final class PairObjectives {
  private PairObjectives() {}

  /**
   * Direct preference optimisation.
   *
   * @throws ConfigurationException where the loss is not understood
   */
  static PairObjective directPreference(PreferenceConfiguration settings) {
    try {
      return new DirectPreferenceObjective(
          settings.loss(), settings.beta(), settings.labelSmoothing());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("preference.loss: " + e.getMessage());
    }
  }

  /** Odds-ratio preference optimisation. */
  static PairObjective oddsRatio(PreferenceConfiguration settings) {
    return new OddsRatioObjective(settings.beta(), settings.likelihood() == Likelihood.ALL);
  }
}
