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
  // A page that is needed again costs a fault: about 20 ms for all of a small model's, and as long
  // as it took to give back for those of a larger one.
  private static final long LEAST_INTERVAL = Duration.ofSeconds(5).toNanos();
  private static final long SHARE = 200;
  private static final AtomicLong NEXT = new AtomicLong(System.nanoTime());
  private static final Optional<Function> TRIM = find();

  private NativeHeap() {}

  /**
   * Gives unused pages back; for what happens once a version of the weights. Does nothing where the
   * C library has no such function.
   */
  public static void release() {
    long begun = System.nanoTime();
    TRIM.ifPresent(function -> function.invokeInt(new Object[] {0L}));
    long ended = System.nanoTime();
    NEXT.set(ended + Math.max(LEAST_INTERVAL, SHARE * (ended - begun)));
  }

  /**
   * As {@link #release}, unless that was done a moment ago, by what it costs; for what happens many
   * times a second.
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
