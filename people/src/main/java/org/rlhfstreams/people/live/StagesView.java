package org.rlhfstreams.people.live;

import java.util.List;

/** How the stages of the run keep up, as last measured. */
public final class StagesView {
  private volatile List<Stage> stages = List.of();
  private volatile boolean connected;

  /**
   * One stage and what it reads.
   *
   * @param topic without the prefix
   * @param rate records a second that it finished
   * @param lag records that wait for it
   * @param oldestSeconds how long the oldest of them has waited, about
   */
  public record Stage(String name, String topic, double rate, long lag, double oldestSeconds) {}

  void measured(List<Stage> now) {
    stages = List.copyOf(now);
    connected = true;
  }

  void unreachable() {
    connected = false;
  }

  /** As last measured. */
  public List<Stage> stages() {
    return stages;
  }

  /** Whether the broker answered when last asked. */
  public boolean connected() {
    return connected;
  }
}
