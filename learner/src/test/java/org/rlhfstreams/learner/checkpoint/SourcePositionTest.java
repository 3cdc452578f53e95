package org.rlhfstreams.learner.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class SourcePositionTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static Arbitrary<Long> offsets() {
    return Arbitraries.longs().greaterOrEqual(0);
  }

  private static Arbitrary<Integer> indices() {
    return Arbitraries.integers().greaterOrEqual(0);
  }

  private static Arbitrary<LogRange> ranges() {
    return Combinators.combine(
            offsets(), Arbitraries.oneOf(offsets(), Arbitraries.of(LogRange.NEVER)))
        .as(LogRange::new);
  }

  @Provide
  Arbitrary<SourcePosition> positions() {
    return Arbitraries.oneOf(
        Combinators.combine(ranges(), offsets(), offsets(), offsets().list().ofMaxSize(20))
            .as(RolloutPosition::new),
        Combinators.combine(ranges(), indices(), indices()).as(EpochPosition::new),
        Combinators.combine(ranges(), offsets(), indices(), offsets()).as(LivePosition::new));
  }

  @Property
  void eachKindIsReadAsItWasWritten(@ForAll("positions") SourcePosition position)
      throws JsonProcessingException {
    ObjectNode json = MAPPER.createObjectNode();
    position.write(json);
    assertThat(
            SourcePosition.read(
                new CheckpointFields(
                    Path.of("step-00000001", "state.json"), MAPPER.readTree(json.toString()))))
        .isEqualTo(position);
  }

  @Example
  void thatOfAnotherSourceIsRefused() {
    SourcePosition position = new EpochPosition(new LogRange(0, 9), 1, 2);
    assertThat(position.as(EpochPosition.class)).isSameAs(position);
    assertThatThrownBy(() -> position.as(LivePosition.class))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "the checkpoint holds a position of the source preference-epochs, but this run reads"
                + " live-preferences: continue with the learner.objective and range.until that wrote"
                + " the checkpoint, or start a new run with an empty learner.checkpoint-directory");
    assertThatThrownBy(
            () -> new LivePosition(new LogRange(0, 9), 1, 0, 0).as(RolloutPosition.class))
        .hasMessageContaining("source live-preferences, but this run reads rollouts");
    assertThatThrownBy(
            () -> new RolloutPosition(new LogRange(0, 9), 1, 1, List.of()).as(EpochPosition.class))
        .hasMessageContaining("source rollouts, but this run reads preference-epochs");
  }
}
