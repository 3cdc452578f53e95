package org.rlhfstreams.scorers.plugin;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running {@link PluginHost}. One thread at a time. */
final class PluginProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PluginProcess.class);
  private static final int LAST_WORDS = 5;
  private static final Duration END = Duration.ofSeconds(5);

  /** What the reader of answers hands over when the process has ended. */
  private static final String ENDED = new String("ended");

  private final Process process;
  private final BufferedWriter requests;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Deque<String> lastWords = new ArrayDeque<>();
  private final Thread errors;

  /** Says that the process has answered nothing, with why; it does not run any more. */
  static final class LostException extends Exception {
    private static final long serialVersionUID = 1L;

    LostException(String reason) {
      super(reason);
    }
  }

  private PluginProcess(Process process, String plugin) {
    this.process = process;
    this.requests =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    start("plugin-answers", this::readAnswers);
    this.errors = start("plugin-errors", () -> readErrors(plugin));
  }

  /**
   * Starts a process with the class path of this one.
   *
   * @param memory of its heap, such as 512m
   */
  static PluginProcess start(String plugin, String memory) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xmx" + memory,
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-cp",
                    System.getProperty("java.class.path"),
                    PluginHost.class.getName()))
            .start();
    return new PluginProcess(process, plugin);
  }

  private static Thread start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void readAnswers() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("{")) {
          answers.add(line);
        } else {
          remember(line); // the JVM itself has something to say
        }
      }
    } catch (IOException e) {
      LOG.debug("a plug-in's process has ended", e);
    }
    answers.add(ENDED);
  }

  private void readErrors(String plugin) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        LOG.info("plug-in {}: {}", plugin, line);
        remember(line);
      }
    } catch (IOException e) {
      LOG.debug("a plug-in's process has ended", e);
    }
  }

  private void remember(String line) {
    synchronized (lastWords) {
      lastWords.addLast(line);
      if (lastWords.size() > LAST_WORDS) {
        lastWords.removeFirst();
      }
    }
  }

  /**
   * Sends a line and waits for the answer.
   *
   * @throws LostException if none comes in time, or the process ends; it is killed then
   */
  @SuppressWarnings("ReferenceEquality") // the marker is no answer, whatever its letters
  String ask(String request, Duration longest) throws LostException, InterruptedException {
    boolean answered = false;
    // A process that does not read would hold up the writing, so that it has a thread as well.
    start("plugin-request", () -> write(request));
    try {
      String answer = answers.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null) {
        throw new LostException(
            "the plug-in has not answered within "
                + longest.toMillis() / 1e3
                + " s, and its process was killed");
      }
      if (answer == ENDED) {
        throw new LostException(ended());
      }
      answered = true;
      return answer;
    } finally {
      if (!answered) {
        kill();
      }
    }
  }

  private void write(String request) {
    try {
      requests.write(request);
      requests.newLine();
      requests.flush();
    } catch (IOException e) {
      LOG.debug("a plug-in's process reads no more", e); // its end is an answer
    }
  }

  private String ended() throws InterruptedException {
    boolean over = process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS);
    errors.join(END.toMillis());
    String words;
    synchronized (lastWords) {
      words = lastWords.isEmpty() ? "" : "; its last words: " + String.join(" / ", lastWords);
    }
    return "the plug-in has ended its process"
        + (over ? " with exit code " + process.exitValue() : "")
        + words;
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }
}
