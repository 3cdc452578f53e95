package org.rlhfstreams.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;

/** Few fields of an event, by the schema that it was written with. */
final class EventFieldsTest {
  private static final int ID = 7;

  static {
    EventSerdes.trustEvents();
  }

  private static EventFields fields(Schema written, String event, String... paths) {
    return new EventFields("org.rlhfstreams.events." + event, id -> written, List.of(paths));
  }

  private static ByteBuffer encoded(Schema schema, Object record, boolean blocksSayTheirBytes)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {0, 0, 0, 0, ID});
    BinaryEncoder encoder =
        blocksSayTheirBytes
            ? EncoderFactory.get().blockingBinaryEncoder(out, null)
            : EncoderFactory.get().binaryEncoder(out, null);
    new SpecificDatumWriter<>(schema).write(record, encoder);
    encoder.flush();
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static Rollout rollout() {
    return Rollout.newBuilder()
        .setRolloutId("prompt-ä/3/1")
        .setRequestId("prompt-ä/3")
        .setPromptId("prompt-ä")
        .setSampleIndex(1)
        .setPromptText("Once")
        .setPromptTokenIds(List.of(1, 70_000, 3))
        .setResponseText("upon a time")
        .setResponseTokenIds(Collections.nCopies(300, 1 << 20))
        .setBehaviorLogProbabilities(Collections.nCopies(300, -1f))
        .setModelLogProbabilities(List.of(-2f))
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setMaxNewTokens(300)
                .setSeed(-5L)
                .build())
        .setSegments(
            List.of(
                new VersionSegment(new WeightVersion(1, 300L), 0, 2),
                new VersionSegment(new WeightVersion(2, 301L), 2, 300)))
        .setFinishReason(FinishReason.LENGTH)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .build();
  }

  private static ScoredRollout scored() {
    return ScoredRollout.newBuilder()
        .setRollout(rollout())
        .setScore(1)
        .setRewardModelVersion(new WeightVersion(0, 4L))
        .setReferenceLogProbabilities(List.of(-1f))
        .setKl(List.of(0f))
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  @Test
  void wantedFieldsAreReadAndOthersPassedOver() throws Exception {
    for (boolean sized : new boolean[] {false, true}) {
      EventFields fields =
          fields(
              Rollout.getClassSchema(),
              "Rollout",
              "rolloutId",
              "segments.version.generation",
              "segments.version.step",
              "workerId");
      fields.read(encoded(Rollout.getClassSchema(), rollout(), sized));
      assertThat(fields.text(0, 0)).isEqualTo("prompt-ä/3/1");
      assertThat(fields.count(1)).isEqualTo(2);
      assertThat(fields.number(1, 1)).isEqualTo(2);
      assertThat(fields.number(2, 0)).isEqualTo(300);
      assertThat(fields.number(2, 1)).isEqualTo(301);
      assertThat(fields.text(3, 0)).isEqualTo("w");
    }
  }

  @Test
  void fractionsAndListsOfNumbersAreRead() throws Exception {
    for (boolean sized : new boolean[] {false, true}) {
      EventFields fields =
          fields(
              Rollout.getClassSchema(),
              "Rollout",
              "promptTokenIds",
              "behaviorLogProbabilities",
              "modelLogProbabilities",
              "sampling.temperature");
      fields.read(encoded(Rollout.getClassSchema(), rollout(), sized));
      assertThat(fields.count(0)).isEqualTo(3);
      assertThat(fields.number(0, 1)).isEqualTo(70_000);
      assertThat(fields.floats(1)).hasSize(300).containsOnly(-1f);
      assertThat(fields.floats(2)).containsExactly(-2f);
      assertThat(fields.fraction(3, 0)).isEqualTo(1);
    }
  }

  @Test
  void anEmptyListIsToldFromNone() throws Exception {
    EventFields fields = fields(Rollout.getClassSchema(), "Rollout", "modelLogProbabilities");
    for (boolean isSet : new boolean[] {true, false}) {
      Rollout rollout =
          Rollout.newBuilder(rollout()).setModelLogProbabilities(isSet ? List.of() : null).build();
      fields.read(encoded(Rollout.getClassSchema(), rollout, false));
      assertThat(fields.count(0)).isZero();
      assertThat(fields.isSet(0)).isEqualTo(isSet);
    }
  }

  @Test
  void numbersOfAllLengthsArePassedOver() throws Exception {
    EventFields fields = fields(Rollout.getClassSchema(), "Rollout", "workerId");
    SplittableRandom random = new SplittableRandom(3);
    for (int count = 0; count < 60; count++) {
      List<Integer> numbers =
          random.ints(count).mapToObj(number -> number >> random.nextInt(32)).toList();
      Rollout rollout =
          Rollout.newBuilder(rollout())
              .setPromptTokenIds(numbers)
              .setResponseTokenIds(numbers)
              .build();
      fields.read(encoded(Rollout.getClassSchema(), rollout, false));
      assertThat(fields.text(0, 0)).as("behind %s", numbers).isEqualTo("w");
    }
  }

  @Test
  void whatEndsBeforeItsEventDoesIsNone() throws Exception {
    ByteBuffer whole = encoded(ScoredRollout.getClassSchema(), scored(), false);
    EventFields fields =
        fields(ScoredRollout.getClassSchema(), "ScoredRollout", "rollout.rolloutId");
    fields.read(whole);
    assertThat(fields.text(0, 0)).isEqualTo("prompt-ä/3/1");
    for (int length = 5; length < whole.remaining(); length++) {
      ByteBuffer cut = whole.slice(0, length);
      assertThatThrownBy(() -> fields.read(cut))
          .as("%d bytes of it", length)
          .isInstanceOf(UndecodableException.class)
          .hasMessageContaining("end before");
    }
  }

  @Test
  void aFieldThatTheWriterDidNotHaveHasNoValues() throws Exception {
    Schema older = Schema.createRecord("RolloutRequest", null, "org.rlhfstreams.events", false);
    older.setFields(
        List.of(new Schema.Field("requestId", Schema.create(Schema.Type.STRING), null, null)));
    GenericData.Record request = new GenericData.Record(older);
    request.put("requestId", "r");
    EventFields fields = fields(older, "RolloutRequest", "requestId", "samples");
    fields.read(encoded(older, request, false));
    assertThat(fields.text(0, 0)).isEqualTo("r");
    assertThat(fields.count(1)).isZero();
  }

  @Test
  void aUnionSaysItsBranchByTheFieldsThatItHas() throws Exception {
    WeightRecord commit =
        new WeightRecord(
            new WeightVersion(0, 3L),
            WeightCommit.newBuilder().setSha256("abc").setCommittedAt(Instant.EPOCH).build());
    EventFields fields =
        fields(WeightRecord.getClassSchema(), "WeightRecord", "version.step", "body.sha256");
    fields.read(encoded(WeightRecord.getClassSchema(), commit, false));
    assertThat(fields.number(0, 0)).isEqualTo(3);
    assertThat(fields.count(1)).isOne();
  }

  @Test
  void bytesOfAnotherEventAreRefused() throws Exception {
    ByteBuffer record = encoded(Rollout.getClassSchema(), rollout(), false);
    assertThatThrownBy(
            () -> fields(Rollout.getClassSchema(), "ScoredRollout", "score").read(record))
        .isInstanceOf(UndecodableException.class)
        .hasMessage("schema 7 is of Rollout, not of ScoredRollout");
    assertThatThrownBy(
            () ->
                fields(Rollout.getClassSchema(), "Rollout", "rolloutId")
                    .read(ByteBuffer.wrap(new byte[] {1, 2})))
        .isInstanceOf(UndecodableException.class)
        .hasMessageContaining("Confluent's format");
  }
}
