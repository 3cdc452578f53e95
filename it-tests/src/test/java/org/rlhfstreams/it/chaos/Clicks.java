package org.rlhfstreams.it.chaos;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.annotator.HttpAnnotator;
import org.rlhfstreams.events.Choice;

/** A person who answers whatever the pages ask, while they go away and come back. */
final class Clicks implements AutoCloseable {
  private static final long PAUSE_NANOS = 500_000_000;

  private final String pages;
  private final List<String> accepted = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::click, "clicks");
  private volatile boolean closed;

  /**
   * @param pages where they are, whenever they are there
   */
  Clicks(String pages) {
    this.pages = pages;
    thread.setDaemon(true);
    thread.start();
  }

  private void click() {
    HttpAnnotator annotator = annotator();
    while (!closed) {
      try {
        annotator.answerOne().ifPresent(accepted::add);
      } catch (CommandException e) {
        annotator = annotator(); // the session went with the process
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private HttpAnnotator annotator() {
    return new HttpAnnotator(pages, "person", (question, first, second) -> Choice.FIRST);
  }

  /** Ends them; ids of the judgements that the pages said they have. */
  List<String> end() throws InterruptedException {
    closed = true;
    thread.join();
    return List.copyOf(accepted);
  }

  @Override
  public void close() {
    closed = true;
  }
}
