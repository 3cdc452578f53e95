package org.rlhfstreams.worker.completion;

/**
 * How many completions are under way at once.
 *
 * @param slots completions written side by side, 1 or more
 * @param queue completions that may wait besides, 0 or more
 * @param queueSetting the setting that names another length of the queue, for messages
 */
public record CompletionLimits(int slots, int queue, String queueSetting) {
  /** Completions that are written or wait, at most. */
  public int capacity() {
    return slots + queue;
  }
}
