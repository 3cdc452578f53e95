package org.rlhfstreams.it.chaos;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.rlhfstreams.it.RlhfProcess;

/** How each disaster strikes a run. */
final class Blows {
  private static final Duration BEYOND_TIME_OUTS = Duration.ofSeconds(14);
  private static final Duration REGISTRY_AWAY = Duration.ofSeconds(8);
  private static final Duration NO_MEMORY = Duration.ofSeconds(15);

  private final ChaosCluster cluster;
  private final Roles roles;
  private final Optional<SmallDisk> disk;
  private final StepCount steps;
  private final Random random;

  /**
   * @param disk where checkpoints are, if it can be filled
   */
  Blows(
      ChaosCluster cluster, Roles roles, Optional<SmallDisk> disk, StepCount steps, Random random) {
    this.cluster = cluster;
    this.roles = roles;
    this.disk = disk;
    this.steps = steps;
    this.random = random;
  }

  /**
   * Lets it strike, for as long as it lasts.
   *
   * @param notes take what is worth a line
   * @return what it was, and whom it struck
   */
  String strike(Disaster disaster, List<String> notes) throws IOException {
    return switch (disaster) {
      case KILL -> {
        Role role = roles.any(random);
        role.killAndStart();
        yield "kill " + role.name();
      }
      case TORN_WEIGHTS -> tearWeights(notes);
      case PAUSE -> {
        Role role = roles.any(random);
        role.process().pause();
        rest(BEYOND_TIME_OUTS, notes);
        role.process().goOn();
        yield "pause of " + BEYOND_TIME_OUTS.toSeconds() + " s, " + role.name();
      }
      case TAKEOVER -> {
        takeOver(notes);
        yield "another learner takes over while the first rests";
      }
      case BROKER -> {
        cluster.restartBroker();
        yield "kill broker and registry";
      }
      case REGISTRY -> {
        Role role = roles.any(random);
        cluster.registryGate().cut();
        role.killAndStart();
        rest(REGISTRY_AWAY, notes);
        cluster.registryGate().heal();
        yield "registry away, kill " + role.name();
      }
      case CUT -> {
        Role role = roles.any(random);
        Duration length = Duration.ofSeconds(5 + random.nextInt(12));
        role.gate().cut();
        rest(length, notes);
        role.gate().heal();
        yield "cut of " + length.toSeconds() + " s between broker and " + role.name();
      }
      case FULL_DISK -> fillDisk(notes);
      case CLOCK -> stepClock();
      case MEMORY -> takeMemory(notes);
    };
  }

  /** Lets time pass; who ends meanwhile is started again. */
  private void rest(Duration length, List<String> notes) {
    long until = System.nanoTime() + length.toNanos();
    await("the disaster goes on")
        .atMost(length.plusSeconds(30))
        .until(
            () -> {
              roles.lookAfter(notes);
              return System.nanoTime() >= until;
            });
  }

  private String tearWeights(List<String> notes) {
    Role learner = roles.named(ChaosRun.LEARNER);
    try (SentWeights sent = cluster.sentWeights(ChaosRun.ONLINE)) {
      await("weights that have no commit yet")
          .atMost(ChaosRun.LONGEST)
          .pollInterval(Duration.ofMillis(1))
          .until(
              () -> {
                roles.lookAfter(notes);
                return sent.lackCommit();
              });
      learner.killAtOnceAndStart();
      notes.add(sent.lackCommit() ? "they never had one" : "the commit had left just before");
    }
    return "kill learner between weights and their commit";
  }

  private void takeOver(List<String> notes) {
    Role learner = roles.named(ChaosRun.LEARNER);
    RlhfProcess first = learner.process();
    first.pause();
    long before = steps.now();
    learner.replaceWith(learner.another());
    steps.awaitAfter(before, () -> roles.lookAfter(notes));
    first.goOn();
    await("the one that rested ends").atMost(ChaosRun.LONGEST).until(() -> !first.isAlive());
    String last =
        first.output().lines().filter(line -> line.contains("taken over")).findFirst().orElse("");
    if (last.isEmpty()) {
      throw new AssertionError(
          "the learner that rested did not say who took over:\n" + first.output());
    }
    notes.add("the first ended with " + first.awaitExit() + ": " + last);
  }

  private String fillDisk(List<String> notes) throws IOException {
    if (disk.isEmpty()) {
      notes.add("left out: this user may not mount a file system");
      return "full disk";
    }
    RlhfProcess learner = roles.named(ChaosRun.LEARNER).process();
    disk.get().fill();
    long met = met(learner);
    await("the learner meets the full disk")
        .atMost(ChaosRun.LONGEST)
        .until(() -> !learner.isAlive() || met(learner) > met + 1);
    disk.get().empty();
    if (learner.isAlive()) {
      notes.add("it waited for room");
    }
    return "full disk where checkpoints are";
  }

  private static long met(RlhfProcess learner) {
    return learner.output().lines().filter(line -> line.contains("No space left")).count();
  }

  private String stepClock() throws IOException {
    Role role = roles.any(random);
    int minutes = random.nextInt(24 * 60 + 50) - 24 * 60; // a broker takes an hour ahead
    if (role.clock().isEmpty()) {
      return "clock: left out, for there is no C compiler";
    }
    RlhfProcess process = role.process();
    boolean works = process.output().contains("started; health");
    if (role.clock().get().set(Duration.ofMinutes(minutes)) && works) {
      // No part of the next disaster: one that rests would meet it when it goes on.
      await("one whose clock was set back ends")
          .atMost(ChaosRun.LONGEST)
          .until(() -> !process.isAlive());
    }
    return "clock of " + role.name() + " steps to " + minutes + " min";
  }

  private String takeMemory(List<String> notes) throws IOException {
    Role role = roles.any(random, one -> one.name().matches("(worker|scorer)-.*"));
    RlhfProcess process = role.process();
    long now = virtualMemory(process.pid());
    Commands.run("prlimit", "--pid", String.valueOf(process.pid()), "--as=" + now);
    long until = System.nanoTime() + NO_MEMORY.toNanos();
    await("it meets the bound")
        .atMost(NO_MEMORY.plusSeconds(30))
        .until(() -> !process.isAlive() || System.nanoTime() >= until);
    if (process.isAlive()) {
      notes.add("it went on, and was killed");
      process.kill();
    }
    return "no more memory for " + role.name();
  }

  private static long virtualMemory(long pid) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", String.valueOf(pid), "status"))) {
      String line = lines.filter(one -> one.startsWith("VmSize:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
  }
}
