package org.rlhfstreams.learner.data;

/** The order in which the epochs over a log's examples visit them, a window at a time. */
public interface VisitOrder {
  /**
   * The window in which a place of an epoch lies.
   *
   * @param epoch counted from 0
   * @param place from 0 to the number of examples less one
   */
  WindowedOrder.Window at(int epoch, int place);
}
