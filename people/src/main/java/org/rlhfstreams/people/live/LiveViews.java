package org.rlhfstreams.people.live;

import org.rlhfstreams.service.index.TemporaryIndex;

/**
 * All views of the log.
 *
 * @param comparisons the questions
 * @param judgements the answers
 * @param preferences which preferences there are
 * @param rollouts the newest samples
 * @param rateable the newest rollouts, scored or not, for people to rate
 * @param training steps of the run
 * @param deadLetters the newest records that nobody could use
 * @param annotators who judged how much
 * @param controls what people asked of the run
 * @param feed what is new
 */
public record LiveViews(
    ComparisonsView comparisons,
    JudgementsView judgements,
    PreferencesView preferences,
    RolloutsView rollouts,
    RateableView rateable,
    TrainingView training,
    DeadLettersView deadLetters,
    AnnotatorsView annotators,
    ControlsView controls,
    LiveFeed feed) {

  /**
   * Views of an empty log.
   *
   * @param index holds what grows with the log
   */
  public static LiveViews empty(TemporaryIndex index) {
    return new LiveViews(
        new ComparisonsView(),
        new JudgementsView(index),
        new PreferencesView(index),
        new RolloutsView(),
        new RateableView(),
        new TrainingView(),
        new DeadLettersView(),
        new AnnotatorsView(),
        new ControlsView(index),
        new LiveFeed());
  }
}
