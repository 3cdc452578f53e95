package org.rlhfstreams.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A long wait is told, a short one is not. */
final class LongWaitTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);

  private String shown() {
    return shown.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLongOneSaysWhatIsWaitedFor() {
    try (LongWait wait = new LongWait(out, Duration.ofMillis(1), "loading models")) {
      assertThat(wait).isNotNull();
      await().untilAsserted(() -> assertThat(shown()).isEqualTo("loading models ...\n"));
    }
  }

  @Test
  void aShortOneSaysNothing() {
    try (LongWait wait = new LongWait(out, Duration.ofHours(1), "loading models")) {
      assertThat(wait).isNotNull();
    }
    assertThat(shown()).isEmpty();
  }
}
