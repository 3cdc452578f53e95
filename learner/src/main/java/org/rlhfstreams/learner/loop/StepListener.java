package org.rlhfstreams.learner.loop;

/** Hears of each step, on the learner's thread. */
@FunctionalInterface
public interface StepListener {
  /** A step is done. */
  void stepped(StepReport report);
}
