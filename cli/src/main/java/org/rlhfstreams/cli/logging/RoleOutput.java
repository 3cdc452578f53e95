package org.rlhfstreams.cli.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.Iterator;
import java.util.function.Consumer;
import org.rlhfstreams.service.configuration.LogFormat;
import org.slf4j.LoggerFactory;

/** Where a role's messages go, in the configured format. */
public final class RoleOutput {
  private final Consumer<String> destination;

  private RoleOutput(Consumer<String> destination) {
    this.destination = destination;
  }

  /** Makes this process log in that format. */
  public static RoleOutput of(LogFormat format) {
    if (format == LogFormat.TEXT) {
      return new RoleOutput(line -> System.out.println(line)); // a panel may take it over
    }
    logObjects();
    return new RoleOutput(LoggerFactory.getLogger(RoleOutput.class)::info);
  }

  /** Says something to whoever runs the role. */
  public void say(String message) {
    destination.accept(message);
  }

  private static void logObjects() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Iterator<Appender<ILoggingEvent>> appenders = root.iteratorForAppenders();
    while (appenders.hasNext()) {
      if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> appender) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(root.getLoggerContext());
        encoder.setWithContext(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithMDC(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        appender.stop();
        appender.setEncoder(encoder);
        appender.start();
      }
    }
  }
}
