package org.rlhfstreams.service.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How something is tried again: after which errors, how long after the one before, and what ends it
 * (success, another error, a stop, a deadline). Says nothing by itself: a listener logs.
 */
public final class Retry {
  private final Duration pause;
  private final List<Class<? extends Exception>> errors;
  private final BooleanSupplier stopped;
  private final Optional<Duration> limit;
  private final Consumer<Exception> listener;

  private Retry(
      Duration pause,
      List<Class<? extends Exception>> errors,
      BooleanSupplier stopped,
      Optional<Duration> limit,
      Consumer<Exception> listener) {
    this.pause = pause;
    this.errors = errors;
    this.stopped = stopped;
    this.limit = limit;
    this.listener = listener;
  }

  /** Something that can fail. */
  @FunctionalInterface
  public interface Attempt<T, E extends Exception> {
    /** Tries it once. */
    T run() throws E;
  }

  /** The same without a result. */
  @FunctionalInterface
  public interface Step<E extends Exception> {
    /** Tries it once. */
    void run() throws E;
  }

  /**
   * Tries again after no error yet; see {@link #after}.
   *
   * @param pause between two attempts
   */
  public static Retry every(Duration pause) {
    return new Retry(pause, List.of(), () -> false, Optional.empty(), error -> {});
  }

  /** Tries again after this error too; any that is not named ends it. */
  public Retry after(Class<? extends Exception> error) {
    List<Class<? extends Exception>> more = new ArrayList<>(errors);
    more.add(error);
    return new Retry(pause, List.copyOf(more), stopped, limit, listener);
  }

  /** Does not try again, nor wait on, once this says so. */
  public Retry unless(BooleanSupplier newStopped) {
    return new Retry(pause, errors, newStopped, limit, listener);
  }

  /** Does not try again after so long. */
  public Retry within(Duration newLimit) {
    return new Retry(pause, errors, stopped, Optional.of(newLimit), listener);
  }

  /** Tells each error after which it would be tried again; the listener may throw to end it. */
  public Retry telling(Consumer<Exception> newListener) {
    return new Retry(pause, errors, stopped, limit, newListener);
  }

  /**
   * Tries until it succeeds.
   *
   * @throws E the last error, if it was stopped, the deadline is over, or that error is none to try
   *     again after
   */
  public <T, E extends Exception> T call(Attempt<T, E> attempt) throws E {
    long began = System.nanoTime();
    while (true) {
      try {
        return attempt.run();
      } catch (Exception e) {
        if (!isTriedAgainAfter(e)) {
          throw e;
        }
        listener.accept(e);
        if (stopped.getAsBoolean() || isOver(began)) {
          throw e;
        }
        Pause.of(pause, stopped);
        if (stopped.getAsBoolean()) {
          throw e;
        }
      }
    }
  }

  /**
   * The same without a result.
   *
   * @return false if it was stopped before it succeeded
   * @throws E as {@link #call}, but not if it was stopped
   */
  public <E extends Exception> boolean run(Step<E> step) throws E {
    try {
      return this.<Boolean, E>call(
          () -> {
            step.run();
            return true;
          });
    } catch (Exception e) {
      if (isTriedAgainAfter(e) && stopped.getAsBoolean()) {
        return false;
      }
      throw e;
    }
  }

  private boolean isTriedAgainAfter(Exception error) {
    return errors.stream().anyMatch(one -> one.isInstance(error));
  }

  private boolean isOver(long began) {
    return limit.isPresent() && System.nanoTime() - began > limit.get().toNanos();
  }
}
