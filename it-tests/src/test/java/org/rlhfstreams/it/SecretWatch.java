package org.rlhfstreams.it;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** Looks for a secret in all that libraries log of their settings, which is more than we print. */
final class SecretWatch extends AppenderBase<ILoggingEvent> {
  private final String secret;
  private final List<String> leaks = new CopyOnWriteArrayList<>();
  private final AtomicInteger dumps = new AtomicInteger();

  private SecretWatch(String secret) {
    this.secret = secret;
  }

  /** Begins to look. */
  static SecretWatch start(String secret) {
    SecretWatch watch = new SecretWatch(secret);
    watch.start();
    watch.listen("org.apache.kafka", Level.INFO);
    watch.listen("org.apache.kafka.common.security", Level.DEBUG);
    watch.listen("org.apache.kafka.clients.NetworkClient", Level.WARN);
    watch.listen("kafka", Level.INFO);
    watch.listen("io.confluent", Level.DEBUG);
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(watch);
    return watch;
  }

  private void listen(String name, Level level) {
    Logger logger = (Logger) LoggerFactory.getLogger(name);
    logger.setLevel(level);
    logger.setAdditive(false);
    logger.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    String text = event.getFormattedMessage();
    if (text.contains("Config values:")) {
      dumps.incrementAndGet();
    }
    if (event.getThrowableProxy() != null) {
      text += ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
    if (text.contains(secret)) {
      leaks.add(event.getLoggerName() + ": " + text);
    }
  }

  /** What has the secret in it. */
  List<String> leaks() {
    return leaks;
  }

  /** How many times a library has logged all its settings. */
  int dumps() {
    return dumps.get();
  }

  @Override
  public void stop() {
    for (Logger logger :
        ((Logger) LoggerFactory.getLogger("it")).getLoggerContext().getLoggerList()) {
      if (logger.detachAppender(this) && !logger.getName().equals(Logger.ROOT_LOGGER_NAME)) {
        logger.setLevel(null);
        logger.setAdditive(true);
      }
    }
    super.stop();
  }
}
