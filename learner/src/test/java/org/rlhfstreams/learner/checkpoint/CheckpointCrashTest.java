package org.rlhfstreams.learner.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.common.files.FileOperations;
import org.rlhfstreams.learner.StoppedFiles;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorValues;

/** Whenever a learner is killed while it saves, the next one finds whole checkpoints alone. */
final class CheckpointCrashTest {
  private static final String WRITE = "write";

  @TempDir private Path temporary;

  private static Path policy() throws Exception {
    return Path.of(CheckpointCrashTest.class.getResource("/goldens/objectives/policy").toURI());
  }

  private static void save(Path directory, FileOperations files, long step, double write)
      throws Exception {
    ModelDirectory model = ModelDirectory.open(policy());
    List<float[]> values =
        TensorValues.of(model.expectedTensors(), tensor -> model.readTensor(tensor.name()));
    new CheckpointStore(directory, policy(), files)
        .save(
            new Checkpoint(
                RunKind.FIRST_RUN,
                Optional.of("dpo"),
                step,
                0,
                List.of(),
                new EpochPosition(new LogRange(0, 100), 0, (int) step),
                OptionalLong.of(0),
                ValidationState.NONE,
                new TrainerState(model.configuration(), values, List.of(), Map.of(WRITE, write))));
  }

  private static List<String> folders(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Replaces the newest of two, then saves another, which drops the oldest. */
  private static boolean isKilled(Path directory, StoppedFiles files) throws Exception {
    try {
      save(directory, files.operations(), 2, 2);
      save(directory, files.operations(), 3, 3);
      return false;
    } catch (StoppedFiles.Killed e) {
      return true;
    }
  }

  @Test
  void whereverItIsKilledTheOldOrTheNewIsFoundWhole() throws Exception {
    boolean killed = true;
    int stop = 0;
    for (; killed; stop++) {
      Path directory = temporary.resolve("at-" + stop);
      save(directory, FileOperations.ofDisk(), 1, 1);
      save(directory, FileOperations.ofDisk(), 2, 1);
      killed = isKilled(directory, new StoppedFiles(stop));
      CheckpointStore next = new CheckpointStore(directory, policy());
      assertThat(next.models().keySet())
          .as("killed at %d: what others see before the next learner starts", stop)
          .isIn(
              List.of(List.of(1L, 2L), List.of(1L, 2L, 3L), List.of(2L, 3L)).stream()
                  .map(TreeSet::new)
                  .toArray());
      for (long step : next.models().keySet()) {
        assertThat(next.at(step).step()).as("killed at %d", stop).isEqualTo(step);
      }
      Checkpoint newest = next.newest(Long.MAX_VALUE).orElseThrow();
      assertThat(List.of((double) newest.step(), newest.trainer().numbers().get(WRITE)))
          .as("killed at %d", stop)
          .isIn(List.of(2.0, 1.0), List.of(2.0, 2.0), List.of(3.0, 3.0));
      assertThat(folders(directory)).as("killed at %d", stop).allMatch(n -> n.startsWith("step-"));
      assertThat(next.models().keySet().stream().map(next::at).toList()).hasSizeBetween(2, 3);
    }
    assertThat(stop).isGreaterThan(20);
    assertThat(folders(temporary.resolve("at-" + (stop - 1))))
        .containsExactly("step-00000002", "step-00000003");
  }

  @Test
  void recoveringCanBeKilledToo() throws Exception {
    boolean killed = true;
    for (int stop = 0; killed; stop++) {
      Path directory = temporary.resolve("at-" + stop);
      save(directory, FileOperations.ofDisk(), 1, 1);
      save(directory, FileOperations.ofDisk(), 2, 1);
      Files.move(directory.resolve("step-00000002"), directory.resolve("replaced-step-00000002"));
      Files.createDirectories(directory.resolve("writing-step-00000002/model"));
      Files.writeString(directory.resolve("writing-step-00000002/model/config.json"), "{");
      Files.createDirectories(directory.resolve("dropped-step-00000000/model"));
      StoppedFiles files = new StoppedFiles(stop);
      try {
        new CheckpointStore(directory, policy(), files.operations()).newest(Long.MAX_VALUE);
        killed = false;
      } catch (StoppedFiles.Killed e) {
        assertThat(new CheckpointStore(directory, policy()).newest(9).orElseThrow().step())
            .isEqualTo(2);
      }
      assertThat(folders(directory)).containsExactly("step-00000001", "step-00000002");
    }
  }

  @Test
  void lookingAtCheckpointsChangesNothing() throws Exception {
    save(temporary, FileOperations.ofDisk(), 1, 1);
    save(temporary, FileOperations.ofDisk(), 2, 1);
    Files.move(temporary.resolve("step-00000002"), temporary.resolve("replaced-step-00000002"));
    Files.createDirectories(temporary.resolve("writing-step-00000002/model"));
    List<String> before = folders(temporary);
    CheckpointStore store = new CheckpointStore(temporary, policy());
    assertThat(store.models().keySet()).containsExactly(1L, 2L);
    assertThat(store.at(2).step()).isEqualTo(2);
    assertThat(folders(temporary)).as("the learner may be amid it").isEqualTo(before);
  }

  @Test
  void theDirectoryIsSyncedBeforeTheOldOneGoes() throws Exception {
    save(temporary, FileOperations.ofDisk(), 1, 1);
    StoppedFiles files = new StoppedFiles(Integer.MAX_VALUE);
    save(temporary.resolve("new/checkpoints"), files.operations(), 1, 1);
    save(temporary.resolve("new/checkpoints"), files.operations(), 1, 2);
    List<String> done = new ArrayList<>(files.done());
    assertThat(done.get(0)).isEqualTo("createDirectories checkpoints");
    assertThat(done)
        .containsSubsequence(
            "move step-00000001 replaced-step-00000001",
            "move writing-step-00000001 step-00000001",
            "sync checkpoints",
            "delete replaced-step-00000001");
    assertThat(done)
        .containsSubsequence(
            "write state.json",
            "sync writing-step-00000001",
            "move writing-step-00000001 step-00000001");
  }

  @Test
  void aNameHasTheDigitsOfNoLanguage() throws Exception {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("hi-IN-u-nu-deva"));
      save(temporary, FileOperations.ofDisk(), 12, 1);
      assertThat(folders(temporary)).containsExactly("step-00000012");
      Optional<Checkpoint> found = new CheckpointStore(temporary, policy()).newest(Long.MAX_VALUE);
      assertThat(found).isPresent();
      Files.move(
          temporary.resolve("step-00000012"),
          temporary.resolve(String.format(Locale.ROOT, "step-%08d", 12)));
      assertThat(new CheckpointStore(temporary, policy()).at(12).step())
          .as("one that an earlier release wrote")
          .isEqualTo(12);
    } finally {
      Locale.setDefault(before);
    }
  }
}
