package org.rlhfstreams.it.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.it.RlhfProcess;

/** A process of the run, as an orchestrator has it: where it has ended it is started again. */
final class Role implements AutoCloseable {
  private static final List<String> HEAP = List.of("-Xmx512m");

  private final String name;
  private final ChaosCluster cluster;
  private final List<String> arguments;
  private final Optional<FakeClock> clock;
  private RlhfProcess process;
  private boolean done;

  /**
   * Starts it.
   *
   * @param clock empty is the machine's
   */
  Role(String name, ChaosCluster cluster, List<String> arguments, Optional<FakeClock> clock) {
    this.name = name;
    this.cluster = cluster;
    this.arguments = arguments;
    this.clock = clock;
    start();
  }

  private void start() {
    process = another();
  }

  /** A process that does the same, beside this one. */
  RlhfProcess another() {
    return cluster.start(name, clock.map(FakeClock::environment).orElse(Map.of()), HEAP, arguments);
  }

  /** Takes another process for its own; the one before is handed out. */
  RlhfProcess replaceWith(RlhfProcess other) {
    RlhfProcess before = process;
    process = other;
    return before;
  }

  String name() {
    return name;
  }

  RlhfProcess process() {
    return process;
  }

  Gate gate() {
    return cluster.gate(name);
  }

  Optional<FakeClock> clock() {
    return clock;
  }

  /** Whether it has come to the end of its work. */
  boolean isDone() {
    return done;
  }

  /** SIGKILL, and a start. */
  void killAndStart() {
    process.kill();
    start();
  }

  /** SIGKILL at this moment: what it has sent and the broker does not have yet is lost. */
  void killAtOnceAndStart() {
    gate().cut(); // faster than any signal
    process.kill();
    gate().heal();
    start();
  }

  /**
   * Starts it again where it has ended before its work was done.
   *
   * @return what it said last, where it had to be
   */
  Optional<String> lookAfter() {
    if (done || process.isAlive()) {
      return Optional.empty();
    }
    int code = process.awaitExit();
    if (code == 0) {
      done = true;
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>(process.output().lines().toList());
    lines.removeIf(line -> line.isBlank() || line.startsWith("\tat "));
    String last = lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
    start();
    return Optional.of(name + " had ended with " + code + ": " + last);
  }

  /** As an orchestrator ends it. */
  void terminate() {
    process.terminate();
  }

  @Override
  public void close() {
    process.close();
  }
}
