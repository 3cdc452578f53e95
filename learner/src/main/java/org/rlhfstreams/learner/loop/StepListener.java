package org.rlhfstreams.learner.loop;

import java.util.List;
import org.rlhfstreams.learner.data.Example;

/** Hears of a run and of each of its steps, on the learner's thread. */
@FunctionalInterface
public interface StepListener {
  /**
   * The run stands where its checkpoint and the log say, and takes examples from now on.
   *
   * @param data what it reads, for people
   */
  default void began(String data) {}

  /**
   * A batch is there and is learned from now.
   *
   * @param step that comes of it, counted from 1
   * @param origins the records that it came in, where the source remembers them
   * @param waiting records that have not been read yet
   */
  default void gathered(
      long step, List<? extends Example> batch, List<RecordOrigin> origins, long waiting) {}

  /** A step is done. */
  void stepped(StepReport report);

  /**
   * The run had come to its end before: no step follows.
   *
   * @param steps of the run
   */
  default void hadEnded(long steps) {}
}
