package org.rlhfstreams.topology.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

/** What a store has of a rollout is what was put there. */
final class KnownRolloutTest {
  private static final Serde<KnownRollout> SERDE = KnownRollout.serde();

  private static KnownRollout stored(KnownRollout known) {
    return SERDE.deserializer().deserialize("store", SERDE.serializer().serialize("store", known));
  }

  @Test
  void scoresAreKeptAsTheyCame() {
    byte[] event = {0, 1, 2, 3};
    KnownRollout read =
        stored(
            KnownRollout.awaited(ReceivedScore.of("helpful", event))
                .with(ReceivedScore.failed("größe", ""))
                .with(ReceivedScore.failed("right", "there is no answer: 4 ≠ π")));
    assertThat(read.isHere()).isFalse();
    assertThat(read.has("helpful")).isTrue();
    assertThat(read.has("length")).isFalse();
    assertThat(read.scores())
        .extracting(ReceivedScore::scorer)
        .containsExactly("helpful", "größe", "right");
    assertThat(read.scores().get(0).value()).isEqualTo(event);
    assertThat(read.scores())
        .extracting(ReceivedScore::failure)
        .containsExactly(
            Optional.empty(), Optional.of(""), Optional.of("there is no answer: 4 ≠ π"));
  }

  @Test
  void aRolloutThatIsHereOrClosedStaysSo() {
    KnownRollout here = stored(KnownRollout.here("prompt/0", 64, List.of()));
    assertThat(here.isHere()).isTrue();
    assertThat(here.requestId()).isEqualTo("prompt/0");
    assertThat(here.responseTokens()).isEqualTo(64);
    assertThat(stored(KnownRollout.CLOSED).isClosed()).isTrue();
    assertThat(stored(null)).isNull();
  }

  @Test
  void bytesThatAreCutOffAreRefused() {
    byte[] bytes =
        SERDE.serializer().serialize("store", KnownRollout.here("prompt/0", 64, List.of()));
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    assertThatThrownBy(() -> SERDE.deserializer().deserialize("store", cut))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("cut off");
  }
}
