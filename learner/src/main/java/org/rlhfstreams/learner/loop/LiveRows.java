package org.rlhfstreams.learner.loop;

import java.util.List;
import java.util.Set;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.HeldOutShare;
import org.rlhfstreams.learner.data.ReplayPool;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.validation.HeldOutWindow;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.LiveConfiguration;

/**
 * The rows that a run without an end holds: those that it judges by and those that it learns again.
 *
 * @param <E> the kind of example
 */
final class LiveRows<E> {
  private final HeldOutShare share;
  private final HeldOutWindow<E> heldOut;
  private final ReplayRule replay;
  private final ReplayPool<E> pool;
  private final int batchSize;

  /**
   * @param heldOut takes what is held out
   */
  LiveRows(LiveConfiguration live, LearnerConfiguration learner, HeldOutWindow<E> heldOut) {
    this.share = new HeldOutShare(live.heldOutShareFor(learner.objective()), learner.seed());
    this.heldOut = heldOut;
    this.replay = new ReplayRule(live.replayShareFor(learner.objective()));
    this.pool = new ReplayPool<>(live.replayRows(), learner.seed());
    this.batchSize = learner.batchSize();
  }

  /** New examples of a full batch. */
  int fresh(int smallest) {
    return replay.fresh(batchSize, smallest);
  }

  /**
   * Keeps a row that has come.
   *
   * @return whether it is held out
   */
  boolean keep(String id, List<E> examples) {
    if (share.holdsOut(id)) {
      heldOut.add(id, examples);
      return true;
    }
    if (replay.share() > 0) {
      pool.add(id, examples);
    }
    return false;
  }

  /**
   * Keeps a row that had come before.
   *
   * @throws UnusableException where it had been refused
   */
  void recall(Preference preference, PreferenceConverter<E> converter) throws UnusableException {
    String id = preference.getPreferenceId();
    if (share.holdsOut(id) || (replay.share() > 0 && pool.takes(id))) {
      keep(id, converter.convert(preference));
    }
  }

  /** Drops a row that was taken back. */
  void withdraw(String id) {
    heldOut.remove(id);
    pool.remove(id);
  }

  /**
   * Examples to learn again beside new ones.
   *
   * @param except rows that the new ones are of
   * @param draw what tells this draw from others
   */
  List<E> again(int fresh, Set<String> except, long draw) {
    return pool.draw(replay.again(fresh, batchSize), except, draw);
  }

  HeldOutWindow<E> heldOut() {
    return heldOut;
  }

  /** Drops all. */
  void clear() {
    heldOut.clear();
    pool.clear();
  }
}
