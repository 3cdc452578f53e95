package org.rlhfstreams.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Processor time of this process's threads, native ones included, by name. Linux. */
final class ThreadTimes {
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final double TICK = 0.01;
  private static final int USER = 11;
  private static final int SYSTEM = 12;

  private ThreadTimes() {}

  /** Seconds of processor time by thread name, its digits left out. */
  static Map<String, Double> now() {
    Map<String, Double> times = new HashMap<>();
    for (Path task : tasks()) {
      stat(task)
          .ifPresent(
              stat -> {
                int close = stat.lastIndexOf(')');
                String name =
                    stat.substring(stat.indexOf('(') + 1, close).replaceAll("[0-9]+", "#");
                String[] fields = stat.substring(close + 2).split(" ", -1);
                long ticks = Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]);
                times.merge(name, ticks * TICK, Double::sum);
              });
    }
    return times;
  }

  private static List<Path> tasks() {
    try (Stream<Path> tasks = Files.list(TASKS)) {
      return tasks.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> stat(Path task) {
    try {
      return Optional.of(Files.readString(task.resolve("stat")));
    } catch (IOException e) {
      return Optional.empty(); // the thread has ended
    }
  }

  /** Prints what each name used between the two, a step, largest first. */
  static void print(
      String title, Map<String, Double> before, Map<String, Double> after, int steps) {
    System.out.println(title + ", processor seconds a step");
    after.entrySet().stream()
        .map(
            entry ->
                Map.entry(
                    entry.getKey(),
                    (entry.getValue() - before.getOrDefault(entry.getKey(), 0.0)) / steps))
        .filter(entry -> entry.getValue() > TICK / 2)
        .sorted(Comparator.comparingDouble((Map.Entry<String, Double> entry) -> -entry.getValue()))
        .forEach(
            entry ->
                System.out.printf(
                    Locale.ROOT, "  %-16s %.3f s%n", entry.getKey(), entry.getValue()));
  }

  /**
   * The share of all processor time between the two that threads of a name used.
   *
   * @param part of the name
   */
  static double share(Map<String, Double> before, Map<String, Double> after, String part) {
    double all = 0;
    double those = 0;
    for (Map.Entry<String, Double> entry : after.entrySet()) {
      double time = entry.getValue() - before.getOrDefault(entry.getKey(), 0.0);
      all += time;
      those += entry.getKey().contains(part) ? time : 0;
    }
    return those / all;
  }
}
