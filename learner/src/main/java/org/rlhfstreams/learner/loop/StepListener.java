package org.rlhfstreams.learner.loop;

/** Hears of a run and of each of its steps, on the learner's thread. */
@FunctionalInterface
public interface StepListener {
  /**
   * The run stands where its checkpoint and the log say, and takes examples from now on.
   *
   * @param data what it reads, for people
   */
  default void began(String data) {}

  /** A step is done. */
  void stepped(StepReport report);
}
