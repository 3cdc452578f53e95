package org.rlhfstreams.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class RetryTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicBoolean stopped = new AtomicBoolean();

  private String succeedAt(int attempt) throws IOException {
    if (attempts.incrementAndGet() < attempt) {
      throw new IOException("attempt " + attempts.get());
    }
    return "done";
  }

  @Test
  void itTriesUntilItSucceedsAndTellsEachError() throws IOException {
    List<String> told = new ArrayList<>();
    assertThat(
            Retry.every(Duration.ZERO)
                .after(IOException.class)
                .telling(error -> told.add(error.getMessage()))
                .call(() -> succeedAt(3)))
        .isEqualTo("done");
    assertThat(told).containsExactly("attempt 1", "attempt 2");
  }

  @Test
  void anErrorThatIsNotNamedEndsIt() {
    assertThatThrownBy(
            () ->
                Retry.every(Duration.ZERO)
                    .after(IllegalStateException.class)
                    .call(() -> succeedAt(3)))
        .isInstanceOf(IOException.class);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void theLastErrorIsThrownWhenTheDeadlineIsOver() {
    assertThatThrownBy(
            () ->
                Retry.every(Duration.ofMillis(1))
                    .after(IOException.class)
                    .within(Duration.ofMillis(20))
                    .run(() -> succeedAt(Integer.MAX_VALUE)))
        .isInstanceOf(IOException.class);
    assertThat(attempts.get()).isGreaterThan(1);
  }

  @Test
  void aStopEndsTheWaitBetweenTwoAttempts() throws IOException, InterruptedException {
    Thread stopping = new Thread(() -> stopped.set(true));
    assertThat(
            Retry.every(AN_HOUR)
                .after(IOException.class)
                .unless(stopped::get)
                .telling(error -> stopping.start())
                .run(() -> succeedAt(2)))
        .isFalse();
    stopping.join();
    assertThat(attempts).hasValue(1);
  }

  @Test
  void whatSucceedsAfterAStopHasSucceeded() throws IOException {
    stopped.set(true);
    assertThat(
            Retry.every(AN_HOUR)
                .after(IOException.class)
                .unless(stopped::get)
                .run(() -> succeedAt(1)))
        .isTrue();
  }

  @Test
  void theListenerMayEndIt() {
    assertThatThrownBy(
            () ->
                Retry.every(AN_HOUR)
                    .after(IOException.class)
                    .telling(
                        error -> {
                          throw new IllegalStateException("it will not mend", error);
                        })
                    .run(() -> succeedAt(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("it will not mend");
  }
}
