package org.rlhfstreams.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
final class ShutdownSequenceTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private final Logger logger = (Logger) LoggerFactory.getLogger(ShutdownSequence.class);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final CountDownLatch step = new CountDownLatch(1);
  private final List<String> closed = new CopyOnWriteArrayList<>();
  private final ShutdownSequence opened = new ShutdownSequence();

  @BeforeEach
  void listen() {
    said.start();
    logger.addAppender(said);
  }

  @AfterEach
  void endTheStep() {
    logger.detachAppender(said);
    step.countDown();
  }

  /** What a learner's thread does while it computes: it does not see that it is to stop. */
  private void compute() {
    try {
      step.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aModelIsNotFreedUnderAThreadThatHasNotEnded() {
    opened.addNative(() -> closed.add("model"));
    opened.add(() -> closed.add("endpoint"));
    ServiceThread thread = opened.add(ServiceThread.start("learner", SHORT, any -> compute()));
    opened.close();
    assertThat(closed).containsExactly("endpoint");
    assertThat(thread.ended()).isNotDone();
    assertThat(said.list)
        .filteredOn(event -> event.getLevel() == Level.ERROR)
        .extracting(ILoggingEvent::getFormattedMessage)
        .hasSize(2)
        .allMatch(message -> message.contains("learner"));
  }

  @Test
  void aModelIsFreedOnceItsThreadHasEnded() {
    opened.addNative(() -> closed.add("model"));
    opened.add(() -> closed.add("endpoint"));
    ServiceThread thread =
        opened.add(ServiceThread.start("learner", Duration.ofSeconds(20), any -> compute()));
    step.countDown();
    opened.close();
    assertThat(thread.ended()).isCompleted();
    assertThat(closed).containsExactly("endpoint", "model");
    assertThat(said.list).isEmpty();
  }

  @Test
  void aThreadThatDoesNotEndIsNamed() {
    ServiceThread thread = ServiceThread.start("rollout-worker", SHORT, any -> compute());
    assertThatThrownBy(thread::close)
        .isInstanceOf(StillRunningException.class)
        .hasMessageContaining("rollout-worker")
        .hasMessageContaining("0 s after it was told to stop");
  }

  @Test
  void whatFailsToCloseKeepsNothingElseOpen() {
    opened.addNative(() -> closed.add("model"));
    opened.add(
        () -> {
          throw new IllegalStateException("no");
        });
    opened.close();
    assertThat(closed).containsExactly("model");
  }
}
