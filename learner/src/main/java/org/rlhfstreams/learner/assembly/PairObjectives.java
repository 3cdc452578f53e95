package org.rlhfstreams.learner.assembly;

import org.rlhfstreams.learner.objectives.preference.ContrastiveObjective;
import org.rlhfstreams.learner.objectives.preference.DirectPreferenceObjective;
import org.rlhfstreams.learner.objectives.preference.OddsRatioObjective;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.learner.objectives.preference.SimplePreferenceObjective;
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

  /**
   * Contrastive preference optimisation.
   *
   * @throws ConfigurationException if the loss is not understood
   */
  static PairObjective contrastive(PreferenceConfiguration settings) {
    try {
      return new ContrastiveObjective(
          settings.loss(),
          settings.beta(),
          settings.labelSmoothing(),
          settings.cpoAlpha().orElse(1));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("preference.loss: " + e.getMessage());
    }
  }

  /** SimPO, or AlphaPO where its alpha is configured. */
  static PairObjective simple(PreferenceConfiguration settings) {
    return new SimplePreferenceObjective(
        settings.beta(),
        settings.simpoGamma(),
        settings.alpha(),
        settings.labelSmoothing(),
        settings.cpoAlpha().orElse(0));
  }

  /** Odds-ratio preference optimisation. */
  static PairObjective oddsRatio(PreferenceConfiguration settings) {
    return new OddsRatioObjective(settings.beta(), settings.likelihood() == Likelihood.ALL);
  }
}
