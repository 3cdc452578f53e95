package org.rlhfstreams.learner.loop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.HeldOutShare;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.training.EvaluatingTrainer;
import org.rlhfstreams.learner.validation.Validation;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows that a run is evaluated on: given ones, or a share of what it reads, which it then does
 * not learn from. Whether a row is held out follows from the seed and the preference's id, so that
 * it is again after a restart. They are held in memory.
 *
 * @param <E> the kind of example
 */
public final class ValidationRows<E> implements PreferenceConverter<E> {
  private static final Logger LOG = LoggerFactory.getLogger(ValidationRows.class);

  private final PreferenceConverter<E> converter;
  private final LearnerConfiguration settings;
  private final HeldOutShare heldOut;
  private final Map<String, List<E>> examples = new LinkedHashMap<>();
  private final boolean given;

  /**
   * @param converter of rows to learn from
   * @param validation given rows; those that cannot be used are left out, and said
   * @throws ConfigurationException where rows are given and a share is to be held out as well, or
   *     evaluations are asked for and there is neither
   */
  public ValidationRows(
      PreferenceConverter<E> converter,
      List<Preference> validation,
      LearnerConfiguration settings) {
    this.converter = converter;
    this.settings = settings;
    this.heldOut = new HeldOutShare(settings.validationShare(), settings.seed());
    this.given = !validation.isEmpty();
    if (given && settings.validationShare() > 0) {
      throw new ConfigurationException(
          "--validation and learner.validation-share both say what to evaluate on: leave one out");
    }
    if (settings.evaluateEvery() > 0 && !given && settings.validationShare() == 0) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "learner.evaluate-every = %d, but there is nothing to evaluate on: set learner.validation-share, or give train --validation FILE",
              settings.evaluateEvery()));
    }
    for (Preference preference : validation) {
      try {
        examples.put(preference.getPreferenceId(), converter.convert(preference));
      } catch (UnusableException e) {
        LOG.warn("validation leaves out {}: {}", preference.getSource(), e.getMessage());
      }
    }
  }

  /** What is learned from a row: nothing where it is held out. */
  @Override
  public List<E> convert(Preference preference) throws UnusableException {
    List<E> converted = converter.convert(preference);
    if (!heldOut.holdsOut(preference.getPreferenceId())) {
      return converted;
    }
    examples.put(preference.getPreferenceId(), converted);
    return List.of();
  }

  @Override
  public void withdraw(String preferenceId) {
    if (heldOut.holdsOut(preferenceId)) {
      examples.remove(preferenceId);
    }
  }

  /** Evaluations of a trainer on these rows. */
  public Validation<E> of(EvaluatingTrainer<E> trainer) {
    return given || settings.validationShare() > 0
        ? Validation.of(trainer, this::all, settings)
        : Validation.none(settings);
  }

  private List<E> all() {
    List<E> all = new ArrayList<>();
    examples.values().forEach(all::addAll);
    return all;
  }
}
