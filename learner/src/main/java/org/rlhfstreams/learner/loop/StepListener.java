package org.rlhfstreams.learner.loop;

/** Hears of each step, on the learner's thread. */
@FunctionalInterface
public interface StepListener {
  /** The run stands where its checkpoint and the log say, and takes examples from now on. */
  default void began() {}

  /** A step is done. */
  void stepped(StepReport report);
}
