package org.rlhfstreams.people.live;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.service.index.IndexKey;
import org.rlhfstreams.service.index.TemporaryIndex;

/** Which commands people have given, each once by its id, and whether they have paused the run. */
public final class ControlsView {
  private final TemporaryIndex index;
  private boolean paused;

  /**
   * @param index holds them; empty as yet
   */
  public ControlsView(TemporaryIndex index) {
    this.index = index;
  }

  private static IndexKey command(String id) {
    return IndexKey.of("command", id);
  }

  /** A record of the topic; the first of an id counts. */
  public synchronized void apply(ControlCommand command) {
    IndexKey key = command(command.getCommandId());
    if (index.has(key)) {
      return;
    }
    index.put(key, content(command).bytes());
    if (command.getAction() == ControlAction.PAUSE_ADMISSION) {
      paused = true;
    } else if (command.getAction() == ControlAction.RESUME_ADMISSION) {
      paused = false;
    }
  }

  /** What the command of an id asks for. */
  public synchronized Optional<ContentDigest> find(String commandId) {
    return index.find(command(commandId)).map(ByteBuffer::wrap).map(ContentDigest::from);
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
