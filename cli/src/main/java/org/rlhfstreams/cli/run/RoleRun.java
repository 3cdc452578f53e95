package org.rlhfstreams.cli.run;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.cli.logging.RoleOutput;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.common.terminal.Durations;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ClockSteps;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;

/** One role as this process: connect, start, say where, run until it ends or is interrupted. */
public final class RoleRun {
  private static final int INTERRUPTED = 130;

  private final Role role;
  private final String name;
  private final ConfigurationOptions options;

  public RoleRun(Role role, ConfigurationOptions options) {
    this.role = role;
    this.name = role.text();
    this.options = options;
  }

  /** A role that has been started. */
  public record Started(
      AutoCloseable role, CompletableFuture<Void> ended, OperationsEndpoint endpoint) {}

  /**
   * Runs it; the exit code.
   *
   * @param require checks what settings and files tell; nothing is waited for before
   */
  public int run(Consumer<RlhfConfiguration> require, Function<KafkaConnection, Started> start)
      throws Exception {
    RlhfConfiguration configuration = options.load();
    if (options.printOnly()) {
      System.out.print(configuration.printed());
      return 0;
    }
    require.accept(configuration);
    ClockSteps clock = new ClockSteps(); // from before the first client counts by it
    RoleOutput output = RoleOutput.of(configuration.operations().logFormat());
    try (Interruption interruption = new Interruption(ShutdownBudget.of(role), output::say)) {
      KafkaConnection connection =
          Cluster.connect(configuration, role, message -> output.say(name + ": " + message));
      Started started = start.apply(connection);
      try (ShutdownSequence opened = new ShutdownSequence()) {
        opened.add(started.role());
        output.say(
            String.format(
                Locale.ROOT,
                "%s: started; health at http://%s:%d/health",
                name,
                started.endpoint().host(),
                started.endpoint().port()));
        await(started.ended(), interruption, clock);
      }
      output.say(name + ": closed");
      return interruption.getAsBoolean() ? INTERRUPTED : 0;
    }
  }

  /**
   * Waits until a role has ended or the process is interrupted.
   *
   * @throws CommandException if the wall clock is set back meanwhile
   */
  static void await(CompletableFuture<Void> ended, Interruption interruption) throws Exception {
    await(ended, interruption, new ClockSteps());
  }

  private static void await(
      CompletableFuture<Void> ended, Interruption interruption, ClockSteps clock) throws Exception {
    awaitEnd(ended, interruption, () -> clock.setBack().ifPresent(RoleRun::endAfter));
  }

  /** The same for what no Kafka client is part of: the clock does not matter. */
  static void awaitEnd(CompletableFuture<Void> ended, Interruption interruption) throws Exception {
    awaitEnd(ended, interruption, () -> {});
  }

  private static void awaitEnd(
      CompletableFuture<Void> ended, Interruption interruption, Runnable check) throws Exception {
    while (!interruption.getAsBoolean()) {
      try {
        ended.get(100, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        check.run();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw new CommandException("a thread has ended: " + e.getCause(), e);
      }
    }
  }

  private static void endAfter(Duration step) {
    throw new CommandException(
        String.format(
            Locale.ROOT,
            "the clock of this machine was set back by %s: Kafka's clients would wait until it has"
                + " caught up, so this process ends; start it again, and it goes on where it was",
            Durations.text(step.toSeconds())));
  }
}
