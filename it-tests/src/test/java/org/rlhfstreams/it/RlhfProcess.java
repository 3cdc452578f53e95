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
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command of the rlhf command line, another main class or program, in a process of its own. */
public final class RlhfProcess implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  private static final String COMMAND_LINE = "org.rlhfstreams.cli.Main";

  private final String name;
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Consumer<String> echo;
  private final Thread reader;

  private RlhfProcess(String name, Process process, Consumer<String> echo) {
    this.name = name;
    this.process = process;
    this.echo = echo;
    this.reader = new Thread(this::read, "output of " + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a command; its output is the test's too. */
  static RlhfProcess start(Path directory, String... arguments) {
    return start(directory, Map.of(), arguments);
  }

  /**
   * Starts {@code up} on free ports, with steps that take a moment each.
   *
   * @param batch rollouts of a step
   * @param more of its options
   */
  static RlhfProcess up(Path directory, int batch, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "up",
                "--port",
                "0",
                "--registry-port",
                "0",
                "--batch-size",
                String.valueOf(batch),
                "--ppo.epochs",
                "1",
                "--sampling.max-new-tokens",
                "12"));
    arguments.addAll(List.of(more));
    return start(directory, arguments.toArray(String[]::new));
  }

  /** Starts a command with variables of its environment. */
  static RlhfProcess start(Path directory, Map<String, String> environment, String... arguments) {
    return start(directory, environment, List.of("-Xmx512m"), System.out::println, arguments);
  }

  /**
   * The same, with options of its Java.
   *
   * @param echo takes each line that it says
   */
  public static RlhfProcess start(
      Path directory,
      Map<String, String> environment,
      List<String> options,
      Consumer<String> echo,
      String... arguments) {
    List<String> java = new ArrayList<>(options);
    java.addAll(RolesClassPath.arguments());
    java.add(COMMAND_LINE);
    java.addAll(List.of(arguments));
    return startJava(directory, environment, java, echo, arguments[0]);
  }

  /** A main class of the tests, with the tests' class path. */
  public static RlhfProcess startMain(
      Path directory, Class<?> main, Consumer<String> echo, List<String> arguments) {
    List<String> java =
        new ArrayList<>(
            List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), main.getName()));
    java.addAll(arguments);
    return startJava(directory, Map.of(), java, echo, main.getSimpleName());
  }

  /** A program of somebody else's, named for what it says. */
  static RlhfProcess startProgram(Path directory, String name, List<String> command) {
    return startCommand(directory, Map.of(), command, System.out::println, name);
  }

  /** One of a Java file, with the class path of the roles. */
  static RlhfProcess startSource(Path directory, Path source, List<String> arguments) {
    List<String> java =
        new ArrayList<>(List.of("-Xmx256m", "-cp", RolesClassPath.classPath(), source.toString()));
    java.addAll(arguments);
    return startJava(
        directory, Map.of(), java, System.out::println, source.getFileName().toString());
  }

  private static RlhfProcess startJava(
      Path directory,
      Map<String, String> environment,
      List<String> java,
      Consumer<String> echo,
      String name) {
    List<String> command = new ArrayList<>(List.of(Repository.root().resolve("jvm").toString()));
    command.addAll(java);
    return startCommand(directory, environment, command, echo, name);
  }

  private static RlhfProcess startCommand(
      Path directory,
      Map<String, String> environment,
      List<String> command,
      Consumer<String> echo,
      String name) {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    try {
      return new RlhfProcess(name, builder.start(), echo);
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
        echo.accept("[" + name + " " + process.pid() + "] " + line);
      }
    } catch (IOException e) {
      lines.add("(output ended: " + e.getMessage() + ")");
    }
  }

  /** Waits for a line and hands out what the pattern's groups found. */
  public Matcher awaitLine(String regex) {
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
  public String output() {
    return String.join("\n", lines);
  }

  /** Waits for its end; the exit code. */
  public int awaitExit() {
    return awaitExit(LONGEST_WAIT);
  }

  /** The same, for one that may take another time. */
  public int awaitExit(Duration longest) {
    await(name + " ends").atMost(longest).until(() -> !process.isAlive());
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return process.exitValue();
  }

  /** As Ctrl-C at a terminal. */
  public void interrupt() {
    signal("INT");
  }

  /** As an orchestrator ends it. */
  public void terminate() {
    signal("TERM");
  }

  /** SIGKILL: nothing can be tidied up. */
  public void kill() {
    signal("KILL");
    awaitExit();
  }

  /** SIGSTOP: it rests in the midst of whatever it does. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT: it goes on as if no time had passed. */
  public void goOn() {
    signal("CONT");
  }

  /** Whether it has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its id, to the operating system. */
  public long pid() {
    return process.pid();
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
