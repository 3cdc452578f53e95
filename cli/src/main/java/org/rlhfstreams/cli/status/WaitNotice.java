package org.rlhfstreams.cli.status;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.common.terminal.Durations;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.loop.RecordOrigin;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.loop.StepReport;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what a learner waits for when no batch comes for a while, and says the same again after five
 * minutes. What ends by itself, such as a worker at work, is said late. That admission is paused is
 * said at once.
 */
public final class WaitNotice implements StepListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WaitNotice.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration AGAIN = Duration.ofMinutes(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  private final KafkaConnection connection;
  private final StepListener next;
  private final PrintStream out;
  private final Duration patience;
  private final Map<String, Long> said = new HashMap<>();
  private final ServiceThread thread;
  private volatile boolean learning;
  private volatile boolean ended;
  private volatile long since = System.nanoTime();

  private WaitNotice(
      KafkaConnection connection, StepListener next, PrintStream out, Duration patience) {
    this.connection = connection;
    this.next = next;
    this.out = out;
    this.patience = patience;
    this.thread = ServiceThread.start("wait-notice", ShutdownBudget.FOLLOWER, this::watch);
  }

  /**
   * Begins to watch.
   *
   * @param next hears of each step too, until this is closed
   */
  public static WaitNotice start(KafkaConnection connection, StepListener next) {
    return start(connection, next, System.out);
  }

  /** The same, with the lines somewhere else than on standard output. */
  public static WaitNotice start(KafkaConnection connection, StepListener next, PrintStream out) {
    return start(connection, next, out, PATIENCE);
  }

  static WaitNotice start(
      KafkaConnection connection, StepListener next, PrintStream out, Duration patience) {
    return new WaitNotice(connection, next, out, patience);
  }

  private void watch(BooleanSupplier stopped) {
    boolean first = true;
    while (!stopped.getAsBoolean()) {
      Duration waited = Duration.ofNanos(System.nanoTime() - since);
      if (!learning && !ended && (first || waited.compareTo(patience) > 0)) {
        for (String line : waits(waited)) {
          say(line, waited);
        }
        first = false;
      }
      Pause.of(patience.compareTo(BETWEEN_LOOKS) < 0 ? patience : BETWEEN_LOOKS, stopped);
    }
  }

  /** Figures change all the time; what is waited for does not. */
  private void say(String line, Duration waited) {
    String kind = line.replaceAll("[0-9,]+", "#");
    long now = System.nanoTime();
    Long before = said.get(kind);
    if (before == null || now - before > AGAIN.toNanos()) {
      said.put(kind, now);
      String since = Durations.text(waited.toSeconds());
      out.println(waited.compareTo(patience) > 0 ? "no batch for " + since + ": " + line : line);
      out.flush();
    }
  }

  /** What is worth a line: what has no end by itself, and after a long time everything. */
  private List<String> waits(Duration waited) {
    RlhfConfiguration configuration = connection.configuration();
    boolean isLong = waited.compareTo(patience) > 0;
    if (!configuration.learner().objective().learnsFromRollouts()) {
      return isLong
          ? List.of(
              String.format(
                  Locale.ROOT,
                  "a step takes %d new preferences (learner.batch-size), and %s has fewer:"
                      + " judgements, POST /api/v1/preferences and rlhf preferences import publish"
                      + " them",
                  configuration.learner().batchSize(),
                  connection.topics().preferences().name()))
          : List.of();
    }
    boolean isVeryLong = waited.compareTo(patience.multipliedBy(6)) > 0;
    try (RunStatusReader reader = RunStatusReader.ofWaits(connection)) {
      RunStatus status = reader.readWaits();
      return status.waits(connection.topics()).stream()
          .filter(wait -> isVeryLong || (wait.stuck() && (isLong || status.pause().isPresent())))
          .map(RunStatus.Wait::line)
          .toList();
    } catch (ExecutionException | KafkaException | ExplainedException e) {
      LOG.debug("what is waited for cannot be read now", e);
      return isLong
          ? List.of("no scored rollout comes; rlhf status, with an operator's rights, says why")
          : List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  @Override
  public void began(String data) {
    since = System.nanoTime();
    if (!ended) {
      next.began(data);
    }
  }

  @Override
  public void gathered(
      long step, List<? extends Example> batch, List<RecordOrigin> origins, long waiting) {
    learning = true;
    if (!ended) {
      next.gathered(step, batch, origins, waiting);
    }
  }

  @Override
  public void stepped(StepReport report) {
    since = System.nanoTime();
    learning = false;
    if (!ended) {
      next.stepped(report);
    }
  }

  @Override
  public void hadEnded(long steps) {
    learning = true; // nothing is waited for
    next.hadEnded(steps);
  }

  @Override
  public void close() {
    ended = true;
    thread.close();
  }
}
