package org.rlhfstreams.learner.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.learner.data.AbandonedGeneration;
import org.rlhfstreams.model.files.FloatValues;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.model.files.TensorValues;

final class CheckpointStoreTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final ValidationState NONE_IMPROVED = new ValidationState(Optional.empty(), 3);

  @TempDir private Path directory;

  private static Path policy() {
    try {
      return Path.of(CheckpointStoreTest.class.getResource("/goldens/objectives/policy").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private CheckpointStore store() {
    return new CheckpointStore(directory, policy());
  }

  private void save(long step, ValidationState validation) {
    save(step, validation, new EpochPosition(new LogRange(0, 100), 0, (int) step), Map.of());
  }

  private void save(
      long step, ValidationState validation, SourcePosition position, Map<String, Double> numbers) {
    save(step, validation, position, numbers, List.of());
  }

  private void save(
      long step,
      ValidationState validation,
      SourcePosition position,
      Map<String, Double> numbers,
      List<AbandonedGeneration> abandoned) {
    ModelDirectory model = ModelDirectory.open(policy());
    List<float[]> values =
        TensorValues.of(model.expectedTensors(), tensor -> model.readTensor(tensor.name()));
    store()
        .save(
            new Checkpoint(
                RunKind.FIRST_RUN,
                Optional.of("dpo"),
                step,
                0,
                abandoned,
                position,
                OptionalLong.of(17),
                validation,
                new TrainerState(model.configuration(), values, List.of(), numbers)));
  }

  private static ValidationState best(long step, double figure) {
    return new ValidationState(Optional.of(new BestStep(step, figure)), 2);
  }

  private List<String> folders() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theBestStaysBesideTheLastTwoAsLongAsOneOfThemWouldGoBackToIt() throws IOException {
    save(1, ValidationState.NONE);
    save(2, best(2, 0.5));
    save(3, best(2, 0.5));
    save(4, best(2, 0.5));
    assertThat(folders()).containsExactly("step-00000002", "step-00000003", "step-00000004");
    save(5, best(5, 0.25));
    assertThat(folders()).containsExactly("step-00000002", "step-00000004", "step-00000005");
    save(6, best(5, 0.25));
    assertThat(folders()).containsExactly("step-00000005", "step-00000006");
  }

  @Test
  void thoseWhoseEvaluationIsUnderWayStayUntilItIsIn() throws IOException {
    save(2, awaiting(2L));
    save(3, awaiting(2L));
    save(4, awaiting(2L, 4L));
    save(5, awaiting(2L, 4L));
    save(6, awaiting(4L, 6L));
    assertThat(folders()).as("the last two say so").hasSize(4).contains("step-00000002");
    save(7, awaiting(4L, 6L));
    assertThat(folders()).containsExactly("step-00000004", "step-00000006", "step-00000007");
    assertThat(store().newest(7).orElseThrow().validation().awaited()).containsExactly(4L, 6L);
    assertThat(store().holds(4)).isTrue();
    assertThat(store().holds(2)).isFalse();
  }

  private static ValidationState awaiting(Long... steps) {
    return new ValidationState(Optional.empty(), 0, List.of(steps));
  }

  @Test
  void aCheckpointThatWasAboutToBeReplacedIsTheOneThatHolds() throws IOException {
    save(1, ValidationState.NONE);
    save(2, ValidationState.NONE);
    save(2, best(1, 0.5));
    assertThat(folders()).containsExactly("step-00000001", "step-00000002");
    // killed between the old one's leaving and the new one's coming
    Files.move(directory.resolve("step-00000002"), directory.resolve("replaced-step-00000002"));
    assertThat(store().newest(2).orElseThrow().step()).isEqualTo(2);
    assertThat(folders()).containsExactly("step-00000001", "step-00000002");
  }

  /** Too large for the heap as a whole: only its pieces can be had. */
  private static FloatValues large(float[] values) {
    return new FloatValues() {
      @Override
      public float[] get() {
        throw new OutOfMemoryError("all of a tensor at once");
      }

      @Override
      public void inPieces(Taker taker) throws IOException {
        float[] piece = new float[7];
        for (int from = 0; from < values.length; from += piece.length) {
          int count = Math.min(piece.length, values.length - from);
          System.arraycopy(values, from, piece, 0, count);
          taker.take(piece, count);
        }
      }
    };
  }

  @Test
  void tensorsAreWrittenPieceByPiece() {
    ModelDirectory model = ModelDirectory.open(policy());
    List<float[]> values =
        TensorValues.ofSources(
            model.expectedTensors(), tensor -> large(model.readTensor(tensor.name())));
    float[] moment = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    NamedTensor tensor = new NamedTensor("moment", List.of(5L, 3L), large(moment));
    store()
        .save(
            new Checkpoint(
                RunKind.FIRST_RUN,
                Optional.of("dpo"),
                3,
                0,
                List.of(),
                new EpochPosition(new LogRange(0, 100), 0, 3),
                OptionalLong.of(17),
                ValidationState.NONE,
                new TrainerState(
                    model.configuration(),
                    values.subList(0, values.size()),
                    List.of(tensor),
                    Map.of())));
    TrainerState read = store().at(3).trainer();
    assertThat(read.others().get(0).values()).isEqualTo(moment);
    for (int i = 0; i < values.size(); i++) {
      assertThat(read.model().get(i))
          .isEqualTo(model.readTensor(model.expectedTensors().get(i).name()));
    }
  }

  @Test
  void whatEvaluationsCameToIsReadAgainToTheBit() {
    ValidationState state = best(7, 0.1 + 0.2);
    save(9, state);
    assertThat(store().newest(9).orElseThrow().validation()).isEqualTo(state);
    save(10, ValidationState.NONE);
    assertThat(store().at(10).validation()).isEqualTo(ValidationState.NONE);
  }

  @Test
  void aBestCheckpointThatSomebodyRemovedIsNamed() {
    save(3, ValidationState.NONE);
    assertThatThrownBy(() -> store().at(2))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("step-00000002 is gone");
  }

  @Test
  void allOfACheckpointIsReadAgain() {
    SourcePosition position =
        new RolloutPosition(
            new LogRange(3, LogRange.NEVER), 5, 9, List.of(5L, 7L), List.of(40L, 2L));
    Map<String, Double> numbers = Map.of("steps", 4.0, "lowest", Double.NEGATIVE_INFINITY);
    List<AbandonedGeneration> abandoned =
        List.of(new AbandonedGeneration(0, 3), new AbandonedGeneration(2, 3));
    save(4, NONE_IMPROVED, position, numbers, abandoned);
    Checkpoint read = store().newest(4).orElseThrow();
    assertThat(read.kind()).isEqualTo(RunKind.FIRST_RUN);
    assertThat(read.step()).isEqualTo(4);
    assertThat(read.abandoned()).isEqualTo(abandoned);
    assertThat(read.position()).isEqualTo(position);
    assertThat(read.commands()).hasValue(17);
    assertThat(read.validation()).isEqualTo(NONE_IMPROVED);
    assertThat(read.trainer().numbers()).isEqualTo(numbers);
  }

  private Path stateFile(long step) {
    return directory.resolve(String.format(Locale.ROOT, "step-%08d", step)).resolve("state.json");
  }

  private void change(Consumer<ObjectNode> changed) throws IOException {
    ObjectNode json = (ObjectNode) MAPPER.readTree(stateFile(1).toFile());
    changed.accept(json);
    Files.writeString(stateFile(1), json.toPrettyString());
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> store().newest(1))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(message);
  }

  private String newRun() {
    return " Continue with the release that wrote it; or start a new run from its weights, which are"
        + " the model directory %s, with another learner.checkpoint-directory and"
            .formatted(directory.resolve("step-00000001").resolve("model"))
        + " connection.topic-prefix";
  }

  @Test
  void oneOfAnOlderReleaseIsRefused() throws IOException {
    save(1, ValidationState.NONE);
    Files.writeString(
        stateFile(1),
        """
        {
          "step" : 1,
          "generation" : 0,
          "position" : { "controls" : 0, "epoch" : 0, "from" : 0, "index" : 8, "until" : 100 },
          "validation" : { "unimproved" : 0 },
          "numbers" : { "model.optimizer-step" : 1.0 }
        }
        """);
    assertRefused(
        stateFile(1)
            + " has no format: an older release wrote this checkpoint, and this one reads format 1."
            + newRun());
  }

  @Test
  void oneOfAnUnknownFormatIsRefused() throws IOException {
    save(1, ValidationState.NONE);
    change(json -> json.put("format", 2));
    assertRefused(stateFile(1) + " is of format 2, and this release reads format 1." + newRun());
    change(json -> json.put("format", "1"));
    assertRefused(
        stateFile(1) + " is of format \"1\", and this release reads format 1." + newRun());
  }

  private String damaged(String problem) {
    return "%s: %s. The checkpoint is damaged: remove %s to continue from the one before it, or start a new run with an empty learner.checkpoint-directory"
        .formatted(stateFile(1), problem, stateFile(1).getParent());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind | a text",
        "step | an integer",
        "generation | an integer of 32 bits",
        "position | an object",
        "position.source | a text",
        "position.from | an integer",
        "position.until | an integer",
        "position.epoch | an integer of 32 bits",
        "position.index | an integer of 32 bits",
        "commands | an integer",
        "validation | an object",
        "validation.best-figure | a number",
        "validation.unimproved | an integer of 32 bits",
        "numbers | an object",
      })
  void aMissingOrInvalidFieldIsNamed(String field, String wanted) throws IOException {
    save(1, best(1, 0.5));
    change(json -> parent(json, field).put(name(field), true));
    assertRefused(damaged("field %s is true, but has to be %s".formatted(field, wanted)));
    change(json -> parent(json, field).remove(name(field)));
    assertRefused(damaged("field %s is missing (%s)".formatted(field, wanted)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "offset | an integer",
        "read | an integer",
        "waiting | a list of integers",
      })
  void soIsOneOfAPositionInRollouts(String field, String wanted) throws IOException {
    save(
        1,
        ValidationState.NONE,
        new RolloutPosition(new LogRange(0, 9), 3, 3, List.of()),
        Map.of());
    change(json -> parent(json, "position." + field).remove(field));
    assertRefused(damaged("field position.%s is missing (%s)".formatted(field, wanted)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "offset | an integer",
        "part | an integer of 32 bits",
        "foreseen | an integer",
      })
  void soIsOneOfAPositionInLivePreferences(String field, String wanted) throws IOException {
    save(1, ValidationState.NONE, new LivePosition(new LogRange(0, 9), 3, 1, 2), Map.of());
    change(json -> parent(json, "position." + field).remove(field));
    assertRefused(damaged("field position.%s is missing (%s)".formatted(field, wanted)));
  }

  @Test
  void unknownKindsAreNamedWithThoseThatAreKnown() throws IOException {
    save(1, ValidationState.NONE);
    change(json -> json.put("kind", "second-run"));
    assertRefused(damaged("field kind is \"second-run\", but has to be first-run or replay"));
    change(json -> json.put("kind", "first-run"));
    change(json -> parent(json, "position.source").put("source", "tables"));
    assertRefused(
        damaged(
            "field position.source is \"tables\", but has to be one of rollouts, preference-epochs,"
                + " live-preferences"));
  }

  @Test
  void aMissingNumberIsNamed() {
    save(1, ValidationState.NONE);
    RestoredNumbers numbers = store().at(1).trainer().restoredNumbers();
    assertThat(numbers.find("steps")).isEmpty();
    assertThatThrownBy(() -> numbers.get("steps"))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            stateFile(1)
                + ": field numbers.steps is missing (a number). The checkpoint is of another"
                + " objective, or damaged: continue with the settings that wrote it, or start a new"
                + " run with an empty learner.checkpoint-directory");
  }

  @Test
  void aRunThatWasNeverRolledBackHasAbandonedNothingAndDamageIsNamed() throws IOException {
    save(1, ValidationState.NONE);
    assertThat(Files.readString(stateFile(1))).doesNotContain("abandoned");
    assertThat(store().newest(1).orElseThrow().abandoned()).isEmpty();
    change(json -> json.put("abandoned", true));
    assertRefused(damaged("field abandoned is true, but has to be a list of objects"));
    change(json -> json.putArray("abandoned").addObject().put("generation", 0));
    assertRefused(damaged("field abandoned[0].last-step is missing (an integer)"));
  }

  private static ObjectNode parent(ObjectNode json, String field) {
    int dot = field.indexOf('.');
    return dot < 0 ? json : (ObjectNode) json.get(field.substring(0, dot));
  }

  private static String name(String field) {
    return field.substring(field.indexOf('.') + 1);
  }
}
