package org.rlhfstreams.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.rlhfstreams.common.terminal.Durations;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;

/**
 * Ctrl-C and the request to terminate: what runs is told, and the process ends when it has closed.
 */
public final class Interruption implements BooleanSupplier, AutoCloseable {
  private static final int EXIT_CODE = 130;

  private final Duration longest;
  private final Consumer<String> output;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupted, "interruption");
  private volatile boolean stopped;

  /** Listens from here on, for a process that may have all roles. */
  public Interruption() {
    this(ShutdownBudget.ofAll(), line -> System.err.println(line)); // wherever that leads by then
  }

  /**
   * Listens from here on.
   *
   * @param longest until all is closed; then the process ends whatever still runs
   * @param output is told that it is so
   */
  public Interruption(Duration longest, Consumer<String> output) {
    this.longest = longest;
    this.output = output;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void interrupted() {
    stopped = true;
    output.accept(
        "interrupted: closing, which takes "
            + Durations.text(longest.toSeconds())
            + " at most; another Ctrl-C changes nothing");
    try {
      boolean inTime = closed.await(longest.toSeconds(), TimeUnit.SECONDS);
      Runtime.getRuntime().halt(inTime ? EXIT_CODE : 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean getAsBoolean() {
    return stopped;
  }

  /** To be called when all is closed. */
  @Override
  public void close() {
    closed.countDown();
    if (!stopped) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
