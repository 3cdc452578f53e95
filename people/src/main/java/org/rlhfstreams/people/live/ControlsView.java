package org.rlhfstreams.people.live;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;

/** Which commands people have given, each once by its id, and whether they have paused the run. */
public final class ControlsView {
  private final Map<ContentDigest, ContentDigest> contentById = new HashMap<>();
  private boolean paused;

  /** A record of the topic; the first of an id counts. */
  public synchronized void apply(ControlCommand command) {
    boolean known =
        contentById.putIfAbsent(ContentDigest.of(command.getCommandId()), content(command)) != null;
    if (known) {
      return;
    }
    if (command.getAction() == ControlAction.PAUSE_ADMISSION) {
      paused = true;
    } else if (command.getAction() == ControlAction.RESUME_ADMISSION) {
      paused = false;
    }
  }

  /** What the command of an id asks for. */
  public synchronized Optional<ContentDigest> find(String commandId) {
    return Optional.ofNullable(contentById.get(ContentDigest.of(commandId)));
  }

  /** Whether the last who asked wanted no more prompts to be released. */
  public synchronized boolean paused() {
    return paused;
  }

  /** What is asked, and by whom; not when. */
  public static ContentDigest content(ControlCommand command) {
    return ContentDigest.of(command.getAction(), command.getStep(), command.getRequestedBy());
  }
}
