package org.rlhfstreams.learner.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorValues;

final class CheckpointStoreTest {
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
    ModelDirectory model = ModelDirectory.open(policy());
    List<float[]> values =
        TensorValues.of(model.expectedTensors(), tensor -> model.readTensor(tensor.name()));
    store()
        .save(
            new Checkpoint(
                step,
                0,
                Map.of("index", step),
                validation,
                new TrainerState(model.configuration(), values, List.of(), Map.of())));
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
}
