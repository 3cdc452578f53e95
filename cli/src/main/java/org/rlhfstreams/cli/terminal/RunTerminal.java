package org.rlhfstreams.cli.terminal;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.rlhfstreams.cli.logging.RunLog;
import org.rlhfstreams.cli.logging.StepObjects;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a person sees of a run: what it is, what is waited for, its progress, its results. The log
 * is in the run's directory.
 */
public final class RunTerminal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunTerminal.class);

  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  /** What may take long. */
  @FunctionalInterface
  public interface Work<E extends Exception> {
    /** Does it. */
    void run() throws E;
  }

  /** How much is shown. */
  public enum Detail {
    /** Results, warnings and errors. */
    QUIET,
    /** The run and its progress as well. */
    USUAL,
    /** The log as well. */
    VERBOSE
  }

  private final Path directory;
  private final RunLog log;
  private final Detail detail;
  private final boolean json;
  private final PrintStream out = System.out;
  private Optional<TrainingProgress> progress = Optional.empty();

  private RunTerminal(Path directory, Detail detail, boolean json) {
    this.directory = directory;
    this.detail = detail;
    this.json = json;
    this.log = RunLog.open(detail == Detail.VERBOSE);
    if (json) {
      System.setOut(System.err); // standard output has objects alone
    }
  }

  /**
   * Begins.
   *
   * @param directory of the run
   * @param json whether each step is an object on standard output, and all else is on standard
   *     error
   */
  public static RunTerminal open(Path directory, Detail detail, boolean json) {
    return new RunTerminal(directory, detail, json);
  }

  /** Says what run it is, and sends the log to its directory from here on. */
  public void introduce(RlhfConfiguration configuration) {
    log.writeTo(directory);
    List<String> banner = RunBanner.lines(configuration, directory.resolve(RunLog.FILE));
    banner.forEach(LOG::info); // with --verbose the log is on the terminal anyway
    if (detail == Detail.USUAL) {
      banner.forEach(System.out::println);
    }
  }

  /** Shows its steps. */
  public StepListener progress(RlhfConfiguration configuration) {
    if (json) {
      return new StepObjects(out);
    }
    if (detail == Detail.QUIET) {
      return step -> {};
    }
    progress = Optional.of(new TrainingProgress(configuration.learner().loggingSteps()));
    return progress.get();
  }

  /**
   * Does something, and says what is waited for if it is not done within a second.
   *
   * @param what such as "saving the model"
   */
  public <E extends Exception> void during(String what, Work<E> work) throws E {
    LongWait wait = new LongWait(notices(), LongWait.PATIENCE, what);
    try {
      work.run();
    } finally {
      wait.close();
    }
  }

  /** The same for something with a result. */
  public <T> T making(String what, Supplier<T> source) {
    LongWait wait = new LongWait(notices(), LongWait.PATIENCE, what);
    try {
      return source.get();
    } finally {
      wait.close();
    }
  }

  /** Takes lines on what is waited for. */
  public PrintStream notices() {
    return detail == Detail.QUIET ? NOWHERE : System.out;
  }

  @Override
  public void close() {
    progress.ifPresent(TrainingProgress::close);
    log.close();
    if (json) {
      System.setOut(out);
    }
  }
}
