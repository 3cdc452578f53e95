package org.rlhfstreams.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.Score;

/** Records of other writers are told from those that have this release's bytes. */
final class CurrentLayoutTest {
  private static final String TOPIC = "scores";

  private final EventSerdes serdes = new EventSerdes("mock://layout", Map.of());
  private final CurrentLayout<Score> layout =
      new CurrentLayout<>(Score.class, Score.getClassSchema(), serdes);

  private static Score score() {
    return Score.newBuilder()
        .setRolloutId("a/0")
        .setRequestId("a")
        .setScorer("right")
        .setValue(0.5)
        .setTokenValues(List.of(1f, -2f))
        .setScoredAt(Instant.ofEpochMilli(7))
        .build();
  }

  /** The schema of another writer, with some of the fields and none of the documentation. */
  private static GenericData.Record by(List<String> names) {
    Schema whole = Score.getClassSchema();
    List<Schema.Field> fields = new ArrayList<>();
    for (String name : names) {
      fields.add(new Schema.Field(name, whole.getField(name).schema()));
    }
    Schema schema = Schema.createRecord(whole.getName(), null, whole.getNamespace(), false, fields);
    GenericData.Record record = new GenericData.Record(schema);
    record.put("rolloutId", "a/0");
    record.put("requestId", "a");
    record.put("scorer", "right");
    record.put("value", 0.5);
    record.put("scoredAt", 7L);
    return record;
  }

  @Test
  void anEventOfThisReleaseHasIt() {
    byte[] value = serdes.serializer().serialize(TOPIC, score());
    assertThat(layout.has(TOPIC, value)).isTrue();
    assertThat(Arrays.copyOfRange(layout.encode(score()), CurrentLayout.FRAME, value.length))
        .isEqualTo(Arrays.copyOfRange(value, CurrentLayout.FRAME, value.length));
  }

  @Test
  void documentationAndDefaultsDoNotMatterButFieldsDo() throws Exception {
    List<String> all = Score.getClassSchema().getFields().stream().map(Schema.Field::name).toList();
    GenericData.Record same = by(all);
    same.put("scorerVersion", "");
    same.put("rescored", false);
    assertThat(layout.has(TOPIC, serdes.serializer().serialize("others", same))).isTrue();

    byte[] shorter =
        serdes
            .serializer()
            .serialize(
                "shorter", by(List.of("rolloutId", "requestId", "scorer", "value", "scoredAt")));
    assertThat(layout.has(TOPIC, shorter)).isFalse();
    EventFields fields = layout.fields("value", "rescored");
    fields.read(ByteBuffer.wrap(layout.encode(layout.decode(TOPIC, shorter))));
    assertThat(fields.fraction(0, 0)).isEqualTo(0.5);
    assertThat(fields.number(1, 0)).isZero();
  }

  @Test
  void whatIsNoEventHasItNotAndIsRefused() {
    for (byte[] value : new byte[][] {null, {}, {0, 0, 0, 9}, {0, 0, 0, 99, 99, 1, 2}}) {
      assertThat(layout.has(TOPIC, value)).isFalse();
      assertThatThrownBy(() -> layout.decode(TOPIC, value))
          .isInstanceOf(UndecodableException.class);
    }
  }
}
