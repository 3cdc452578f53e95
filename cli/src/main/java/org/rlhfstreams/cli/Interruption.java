package org.rlhfstreams.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C and the request to terminate: what runs is told, and the process ends when it has closed.
 */
public final class Interruption implements BooleanSupplier, AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int EXIT_CODE = 130;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupted, "interruption");
  private volatile boolean stopped;

  /** Listens from here on. */
  public Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void interrupted() {
    stopped = true;
    try {
      boolean inTime = closed.await(LONGEST.toSeconds(), TimeUnit.SECONDS);
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
