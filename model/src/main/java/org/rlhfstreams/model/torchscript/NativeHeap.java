package org.rlhfstreams.model.torchscript;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The rule that memory which tensors no longer use goes back to the system. The C library keeps
 * what was freed, and where sizes change from batch to batch the pieces that it keeps no longer
 * fit: a process would grow for hours while what it uses stays the same.
 */
public final class NativeHeap {
  // A page that is needed again costs a fault: about 20 ms for all of a small model's.
  private static final long INTERVAL = Duration.ofSeconds(30).toNanos();
  private static final AtomicLong NEXT = new AtomicLong(System.nanoTime());
  private static final Optional<Function> TRIM = find();

  private NativeHeap() {}

  /**
   * Gives unused pages back; for what happens once a version of the weights. Does nothing where the
   * C library has no such function.
   */
  public static void release() {
    NEXT.set(System.nanoTime() + INTERVAL);
    TRIM.ifPresent(function -> function.invokeInt(new Object[] {0L}));
  }

  /**
   * As {@link #release}, unless that was done a moment ago; for what happens many times a second.
   */
  public static void releaseNowAndThen() {
    if (System.nanoTime() - NEXT.get() >= 0) {
      release();
    }
  }

  private static Optional<Function> find() {
    try {
      return Optional.of(NativeLibrary.getProcess().getFunction("malloc_trim"));
    } catch (UnsatisfiedLinkError e) {
      return Optional.empty();
    }
  }
}
