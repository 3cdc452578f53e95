package org.rlhfstreams.it;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command of the rlhf command line in a JVM of its own. */
final class RlhfProcess implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  private final String name;
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private RlhfProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.reader = new Thread(this::read, "output of " + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a command; its output is the test's too. */
  static RlhfProcess start(Path directory, String... arguments) {
    return start(directory, Map.of(), arguments);
  }

  /** The same, with variables of its environment. */
  static RlhfProcess start(Path directory, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Repository.root().resolve("jvm").toString(), "-Xmx512m"));
    command.addAll(RolesClassPath.arguments());
    command.add("org.rlhfstreams.cli.Main");
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    try {
      return new RlhfProcess(arguments[0], builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
        System.out.println("[" + name + " " + process.pid() + "] " + line);
      }
    } catch (IOException e) {
      lines.add("(output ended: " + e.getMessage() + ")");
    }
  }

  /** Waits for a line and hands out what the pattern's groups found. */
  Matcher awaitLine(String regex) {
    Pattern pattern = Pattern.compile(regex);
    await(name + " says " + regex)
        .atMost(LONGEST_WAIT)
        .until(
            () -> {
              if (find(pattern) == null && !process.isAlive()) {
                reader.join();
                if (find(pattern) == null) {
                  throw new AssertionError(
                      name + " ended without saying " + regex + ":\n" + output());
                }
              }
              return find(pattern) != null;
            });
    return find(pattern);
  }

  private Matcher find(Pattern pattern) {
    for (String line : lines) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
    return null;
  }

  /** All that it has said. */
  String output() {
    return String.join("\n", lines);
  }

  /** Waits for its end; the exit code. */
  int awaitExit() {
    await(name + " ends").atMost(LONGEST_WAIT).until(() -> !process.isAlive());
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return process.exitValue();
  }

  /** As Ctrl-C at a terminal. */
  void interrupt() {
    signal("INT");
  }

  /** SIGKILL: nothing can be tidied up. */
  void kill() {
    signal("KILL");
    awaitExit();
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
