package org.rlhfstreams.embedded;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.utils.Exit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that a broker never ends the process that it is in without a word: Kafka's own servers
 * halt where they cannot go on, since nothing else is in their process. Here that is said at the
 * terminal first; and a broker that fails while it is closed ends nothing, since nobody needs it
 * any more.
 */
final class BrokerFaults {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerFaults.class);
  private static final AtomicInteger CLOSING = new AtomicInteger();

  private BrokerFaults() {}

  /** Puts it in force, for all brokers of this process. */
  static void take() {
    Exit.setHaltProcedure(BrokerFaults::end);
    Exit.setExitProcedure(BrokerFaults::end);
  }

  /** Closes a broker. */
  static void closing(Runnable close) {
    CLOSING.incrementAndGet();
    try {
      close.run();
    } finally {
      CLOSING.decrementAndGet();
    }
  }

  private static void end(int code, String reason) {
    String where = "in thread " + Thread.currentThread().getName();
    String what = reason == null ? where : where + ": " + reason;
    if (CLOSING.get() > 0) {
      LOG.warn("the embedded broker failed while it was closed, {}", what);
      throw new EmbeddedException("the embedded broker failed while it was closed, " + what);
    }
    LOG.error("the embedded broker cannot go on, {}", what);
    try (PrintStream terminal =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8)) {
      terminal.println(
          "rlhf: the embedded broker cannot go on and ends this process, "
              + what
              + ". Its errors are in the log; what was committed is on the disk, and the same command"
              + " goes on with it");
    }
    Runtime.getRuntime().halt(code);
  }
}
