package org.rlhfstreams.service.lifecycle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what was opened, last first, each whatever happens to the others. Native memory is freed
 * only once every thread that may use it has ended: a model freed under a thread that computes
 * would take the process with it. If such a thread does not end, the memory is left to the exit of
 * the process.
 */
public final class ShutdownSequence implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownSequence.class);

  private final Deque<Opened> opened = new ArrayDeque<>();
  private final List<String> running = new ArrayList<>();

  private record Opened(AutoCloseable resource, boolean isNative) {
    String name() {
      return resource.getClass().getSimpleName();
    }
  }

  /** Remembers a resource and hands it back. */
  public synchronized <T extends AutoCloseable> T add(T resource) {
    opened.push(new Opened(resource, false));
    return resource;
  }

  /** The same for what holds native memory, such as a model or a tokenizer. */
  public synchronized <T extends AutoCloseable> T addNative(T resource) {
    opened.push(new Opened(resource, true));
    return resource;
  }

  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      Opened next = opened.pop();
      if (next.isNative() && !running.isEmpty()) {
        LOG.error(
            "{} is not freed, for a thread that may use it has not ended: {}",
            next.name(),
            String.join(", ", running));
      } else {
        close(next);
      }
    }
  }

  private void close(Opened next) {
    try {
      next.resource().close();
    } catch (StillRunningException e) {
      running.add(e.thread());
      LOG.error("{}", e.getMessage());
    } catch (Exception e) {
      LOG.warn("{} did not close: {}", next.name(), e.getMessage());
    }
  }
}
