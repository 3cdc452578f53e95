package org.rlhfstreams.evaluation;

import java.util.List;

/** Whoever says which of two responses is better. */
public interface Judge {
  /** Its name, for people. */
  String name();

  /** What its scores are called. */
  String measure();

  /**
   * Refuses models whose responses it cannot read, before they are sampled.
   *
   * @throws org.rlhfstreams.model.ModelException naming what is wrong
   */
  void check();

  /** One verdict a pair, in order. */
  List<Verdict> judge(List<ResponsePair> pairs);
}
