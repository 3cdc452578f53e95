package org.rlhfstreams.people.live;

import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;

/** Whether people have paused the run. */
public final class ControlsView {
  private volatile boolean paused;

  /** A record of the topic. */
  public void apply(ControlCommand command) {
    if (command.getAction() == ControlAction.PAUSE_ADMISSION) {
      paused = true;
    } else if (command.getAction() == ControlAction.RESUME_ADMISSION) {
      paused = false;
    }
  }

  /** Whether the last who asked wanted no more prompts to be released. */
  public boolean paused() {
    return paused;
  }
}
