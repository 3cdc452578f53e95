package org.rlhfstreams.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * The log of a run that a person started: this system's lines, Kafka's and Kafka Streams' go to
 * {@code rlhf.log} in the run's directory. On the terminal are only warnings that ask for something
 * to be done, as lines for people.
 */
public final class RunLog implements AutoCloseable {
  /** Name of the file. */
  public static final String FILE = "rlhf.log";

  /**
   * Quiet on a terminal because they heal by themselves; in the file they may explain something.
   */
  private static final List<String> OF_KAFKA =
      List.of(
          "org.apache.kafka",
          "org.apache.kafka.clients.NetworkClient",
          "org.apache.kafka.clients.Metadata",
          "org.apache.kafka.clients.consumer.internals.ConsumerCoordinator",
          "org.apache.kafka.controller",
          "org.apache.kafka.streams",
          "kafka",
          "kafka.server.ControllerApis",
          "state.change.logger");

  private static final String IN_FILE =
      "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %logger{36}: %msg%n%ex";
  private static final String FOR_PEOPLE =
      "%replace(%replace(%level){'WARN','warning'}){'ERROR','error'}: %msg%n%ex{0}";

  private final Logger root = logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final FileAppender<ILoggingEvent> file = new FileAppender<>();
  private final Map<OutputStreamAppender<ILoggingEvent>, Encoder<ILoggingEvent>> before =
      new HashMap<>();
  private final Map<String, Level> levels = new HashMap<>();

  private RunLog(boolean verbose) {
    if (!verbose) {
      Iterator<Appender<ILoggingEvent>> appenders = root.iteratorForAppenders();
      while (appenders.hasNext()) {
        if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> appender) {
          before.put(appender, appender.getEncoder());
          appender.addFilter(new WarningsForPeople());
          appender.setEncoder(encoder(FOR_PEOPLE));
        }
      }
    }
  }

  /**
   * Sends the log of this process to a run's directory, from here on.
   *
   * @param directory of the run, made if it does not exist
   */
  public void writeTo(Path directory) {
    file.setContext(root.getLoggerContext());
    file.setName(FILE);
    file.setFile(directory.resolve(FILE).toString());
    file.setEncoder(encoder(IN_FILE));
    file.start();
    root.addAppender(file);
    for (String name : OF_KAFKA) {
      levels.put(name, logger(name).getLevel());
      logger(name).setLevel(Level.WARN);
    }
  }

  /**
   * Begins without a file, so that a command that is refused leaves none behind.
   *
   * @param verbose whether all lines are on the terminal as well
   */
  public static RunLog open(boolean verbose) {
    return new RunLog(verbose);
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  private Encoder<ILoggingEvent> encoder(String pattern) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(root.getLoggerContext());
    encoder.setPattern(pattern);
    encoder.start();
    return encoder;
  }

  @Override
  public void close() {
    root.detachAppender(file);
    file.stop();
    levels.forEach((name, level) -> logger(name).setLevel(level));
    before.forEach(
        (appender, encoder) -> {
          appender.clearAllFilters();
          appender.setEncoder(encoder);
        });
  }
}
