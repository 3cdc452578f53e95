package org.rlhfstreams.topology.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.topology.PeopleEvents;

/** What is read of a rollout's bytes is what its event says, whoever has written it. */
final class RolloutReaderTest {
  private static final String TOPIC = "rollouts";

  private final EventSerdes serdes = new EventSerdes("mock://reader", Map.of());
  private final RolloutReader reader = new RolloutReader(serdes);

  private static Rollout rollout() {
    return PeopleEvents.scored("p", 0, new WeightVersion(0, 1L), 0, "text").getRollout();
  }

  private static SamplingSettings.Builder sampling() {
    return SamplingSettings.newBuilder(rollout().getSampling());
  }

  @Test
  void whatBreaksARuleIsNotSound() throws Exception {
    List<Consumer<Rollout.Builder>> faults =
        List.of(
            rollout -> rollout.setPromptTokenIds(List.of()),
            rollout -> rollout.setPromptTokenIds(List.of(-1)),
            rollout -> rollout.setResponseTokenIds(List.of(5)),
            rollout -> rollout.setResponseTokenIds(List.of(5, Integer.MAX_VALUE)),
            rollout -> rollout.setBehaviorLogProbabilities(List.of(-1f, Float.NaN)),
            rollout -> rollout.setModelLogProbabilities(List.of()),
            rollout -> rollout.setModelLogProbabilities(List.of(-1f)),
            rollout -> rollout.setModelLogProbabilities(List.of(-1f, Float.NEGATIVE_INFINITY)),
            rollout -> rollout.setSampling(sampling().setTopK(3).build()),
            rollout -> rollout.setSampling(sampling().setTopP(0.5f).build()),
            rollout -> rollout.setSampling(sampling().setTemperature(0f).build()),
            rollout -> rollout.setSampling(sampling().setTemperature(Float.NaN).build()),
            rollout -> rollout.setSegments(List.of()),
            rollout ->
                rollout.setSegments(List.of(new VersionSegment(new WeightVersion(0, 1L), 0, 1))),
            rollout ->
                rollout.setSegments(List.of(new VersionSegment(new WeightVersion(0, 1L), 1, 2))));
    for (Consumer<Rollout.Builder> fault : faults) {
      Rollout.Builder builder = Rollout.newBuilder(rollout());
      fault.accept(builder);
      Rollout rollout = builder.build();
      assertThat(RolloutRules.problem(rollout, Integer.MAX_VALUE, Integer.MAX_VALUE)).isPresent();
      assertThat(reader.read(TOPIC, serdes.serializer().serialize(TOPIC, rollout)).sound())
          .as(rollout.toString())
          .isFalse();
    }
    assertThat(reader.read(TOPIC, serdes.serializer().serialize(TOPIC, rollout())).sound())
        .isTrue();
  }

  /** An earlier release did not have the last fields, and put them in no other order. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aRolloutOfAnEarlierReleaseIsReadToo(int without) throws Exception {
    List<Schema.Field> all = Rollout.getClassSchema().getFields();
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : all.subList(0, all.size() - without)) {
      fields.add(new Schema.Field(field, field.schema()));
    }
    Schema schema =
        Schema.createRecord(
            "Rollout", null, Rollout.getClassSchema().getNamespace(), false, fields);
    byte[] now = serdes.serializer().serialize(TOPIC, rollout());
    GenericData.Record record = new GenericData.Record(schema);
    for (Schema.Field field : fields) {
      record.put(field.name(), rollout().get(field.name()));
    }
    record.put("startedAt", 0L);
    record.put("finishedAt", 0L);
    record.put(
        "finishReason",
        new GenericData.EnumSymbol(schema.getField("finishReason").schema(), "STOP"));
    byte[] then = serdes.serializer().serialize("then-" + without, record);
    RolloutParts parts = reader.read(TOPIC, then);
    assertThat(parts.sound()).isTrue();
    assertThat(parts.rolloutId()).isEqualTo("p/0/0");
    assertThat(Arrays.copyOfRange(parts.bytes(), parts.from(), parts.until()))
        .as("in the layout of this release")
        .isEqualTo(Arrays.copyOfRange(now, 5, now.length));
  }

  @Test
  void bytesThatEndTooEarlyAreNoRollout() throws Exception {
    byte[] whole = serdes.serializer().serialize(TOPIC, rollout());
    reader.read(TOPIC, whole);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> reader.read(TOPIC, cut)).isInstanceOf(UndecodableException.class);
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 3);
    RolloutParts parts = reader.read(TOPIC, longer);
    assertThat(parts.until()).isEqualTo(whole.length);
  }
}
