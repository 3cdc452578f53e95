package org.rlhfstreams.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.events.DeadLetter;

/** Whatever a record holds, its dead letter fits into the topic, and says what is missing. */
final class DeadLetterSizeTest {
  private static final int LIMIT = 1 << 20;
  // What the broker counts beside key and value: the batch's header, and a trace in the record's.
  private static final int AROUND = 1024;

  private final EventSerdes serdes = new EventSerdes("mock://letters", Map.of());
  private final String topic = new Topics("test.", 1).deadLetters().name();

  private static DeadLetter.Builder letter() {
    return DeadLetter.newBuilder()
        .setTopic("test.prompts")
        .setPartition(0)
        .setOffset(7)
        .setStage("admission")
        .setReason("it is no event")
        .setKind(DeadLetterKind.UNDECODABLE.text())
        .setRefusedAt(Instant.EPOCH);
  }

  private static ByteBuffer bytes(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    for (int i = 0; i < count; i++) {
      bytes.put(i, (byte) i);
    }
    return bytes;
  }

  private static Map<String, ByteBuffer> headers(int count, int size) {
    Map<String, ByteBuffer> headers = new HashMap<>();
    for (int i = 0; i < count; i++) {
      headers.put("header-" + i, bytes(size));
    }
    return headers;
  }

  private int size(DeadLetter letter) {
    return serdes.serializer().serialize(topic, letter).length
        + letter.getTopic().length()
        + AROUND;
  }

  @ParameterizedTest
  @CsvSource({
    // value, key, headers, bytes of each, reason
    "1048376, 10, 0, 0, 10, value",
    "8388608, 10, 2, 20, 10, value",
    "1000, 3000000, 0, 0, 10, key",
    "1000, 10, 1, 3000000, 10, headers",
    "1000, 10, 200000, 10, 10, headers",
    "1000, 10, 0, 0, 3000000, reason",
    "900000, 200000, 900, 2000, 200000, key reason headers value"
  })
  void itFitsAndNamesWhatWasCut(
      int value, int key, int headers, int headerBytes, int reason, String cut) {
    DeadLetter letter =
        letter()
            .setValue(bytes(value))
            .setKey(bytes(key))
            .setHeaders(headers(headers, headerBytes))
            .setReason("é".repeat(reason / 2))
            .build();
    DeadLetter fitted = DeadLetterSize.fitted(letter);
    assertThat(size(letter)).isGreaterThan(LIMIT);
    assertThat(size(fitted)).isLessThanOrEqualTo(LIMIT);
    assertThat(String.join(" ", fitted.getCut())).isEqualTo(cut);
    assertThat(letter.getValue().slice(0, fitted.getValue().remaining()))
        .isEqualTo(fitted.getValue());
    assertThat(fitted.getOriginalValueBytes())
        .isEqualTo(fitted.getCut().contains("value") ? (long) value : null);
    assertThat(fitted.getReason()).doesNotContain("\uFFFD").startsWith("éé");
    assertThat(fitted.getOffset()).isEqualTo(7);
    assertThat(DeadLetterSize.fitted(fitted)).isEqualTo(fitted);
    assertThat(fitted.getValue().remaining()).isGreaterThanOrEqualTo(1000);
  }

  @Test
  void whatFitsStaysAsItIs() {
    DeadLetter letter =
        letter()
            .setValue(bytes(700_000))
            .setKey(bytes(100_000))
            .setHeaders(headers(2, 60_000))
            .build();
    assertThat(DeadLetterSize.fitted(letter)).isSameAs(letter);
    assertThat(size(letter)).isLessThan(LIMIT);
    DeadLetter without = letter().setValue(null).setKey(null).build();
    assertThat(DeadLetterSize.fitted(without)).isSameAs(without);
  }

  @Test
  void severalFitTogetherOrNot() {
    DeadLetter half = letter().setValue(bytes(400_000)).build();
    assertThat(DeadLetterSize.fit(List.of(half, half))).isTrue();
    assertThat(DeadLetterSize.fit(List.of(half, half, half))).isFalse();
    DeadLetter cut = DeadLetterSize.fitted(letter().setValue(bytes(2_000_000)).build());
    assertThat(DeadLetterSize.fit(List.of(cut))).isFalse();
  }

  @Test
  void aReasonEndsAtAWholeCharacter() {
    String reason = "a" + "語".repeat(1_000_000);
    DeadLetter fitted =
        DeadLetterSize.fitted(letter().setReason(reason).setValue(bytes(10)).build());
    assertThat(fitted.getReason().getBytes(StandardCharsets.UTF_8).length).isLessThan(70_000);
    assertThat(fitted.getReason()).startsWith("a語語").endsWith("語…");
  }
}
