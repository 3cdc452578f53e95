package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TransformerConfiguration;

/** Whenever a process is killed, a model directory is the old one or the new one, whole. */
final class StagedDirectoryTest {
  private static final String ID = "0b0d5c4e-3f0a-4e6b-9c57-0a8f3d1b2c3d";
  private static final Map<String, String> OLD =
      Map.of("config.json", "old", "model.safetensors", "old", "README.md", "card");
  private static final Map<String, String> WRITTEN =
      Map.of(
          "config.json",
          "new",
          "model-00001-of-00002.safetensors",
          "new",
          "model-00002-of-00002.safetensors",
          "new");
  private static final Map<String, String> NEW = new TreeMap<>(WRITTEN);

  static {
    NEW.put("README.md", "card");
  }

  @TempDir private Path directory;

  private static void write(Path folder, Map<String, String> files) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }

  private static Map<String, String> content(Path folder) throws IOException {
    Map<String, String> content = new TreeMap<>();
    for (String name : names(folder)) {
      content.put(name, Files.readString(folder.resolve(name)));
    }
    return content;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Saves as a process that is killed at one of its operations; whether it was. */
  private static boolean isKilled(Path target, StoppedFiles files) throws IOException {
    try (StagedDirectory staged = StagedDirectory.beside(target, files.operations())) {
      write(staged.path(), WRITTEN);
      staged.commit();
      return false;
    } catch (StoppedFiles.Killed e) {
      return true;
    }
  }

  @Test
  void replacingLeavesTheOldOrTheNewWhereverItIsKilled() throws IOException {
    boolean killed = true;
    int stop = 0;
    for (; killed; stop++) {
      Path target = directory.resolve("at-" + stop).resolve("model");
      write(target, OLD);
      killed = isKilled(target, new StoppedFiles(stop));
      StagedDirectory.recover(target);
      if (killed) {
        assertThat(content(target)).as("killed at %d", stop).isIn(OLD, NEW);
      } else {
        assertThat(content(target)).isEqualTo(NEW);
      }
      assertThat(names(target.getParent())).as("killed at %d", stop).containsExactly("model");
    }
    assertThat(stop).isGreaterThan(12);
  }

  @Test
  void aRecoveryThatIsKilledIsFinishedByTheNext() throws IOException {
    boolean killed = true;
    for (int stop = 0; killed; stop++) {
      Path target = directory.resolve("at-" + stop).resolve("model");
      write(target.resolveSibling("model.old-" + ID), OLD);
      write(target.resolveSibling("model.writing-" + ID), WRITTEN);
      try {
        StagedDirectory.recover(target, new StoppedFiles(stop).operations());
        killed = false;
      } catch (StoppedFiles.Killed e) {
        StagedDirectory.recover(target);
      }
      assertThat(content(target)).as("killed at %d", stop).isEqualTo(NEW);
      assertThat(names(target.getParent())).containsExactly("model");
    }
  }

  @Test
  void aNewOneIsThereWholeOrNotAtAll() throws IOException {
    boolean killed = true;
    for (int stop = 0; killed; stop++) {
      Path target = directory.resolve("at-" + stop).resolve("model");
      killed = isKilled(target, new StoppedFiles(stop));
      StagedDirectory.recover(target);
      if (Files.exists(target)) {
        assertThat(content(target)).isEqualTo(WRITTEN);
      } else {
        assertThat(killed).isTrue();
      }
    }
  }

  @Test
  void nothingIsMovedBeforeItIsSyncedAndNothingDeletedBeforeTheMoveIs() throws IOException {
    Path target = directory.resolve("parent").resolve("model");
    write(target, OLD);
    StoppedFiles files = new StoppedFiles(Integer.MAX_VALUE);
    isKilled(target, files);
    List<String> done =
        files.done().stream()
            .map(said -> said.replaceAll("(writing|old)-[0-9a-f-]*", "$1"))
            .toList();
    assertThat(done)
        .containsSubsequence(
            "sync config.json",
            "sync model-00001-of-00002.safetensors",
            "sync model.writing",
            "move model model.old",
            "move model.writing model",
            "sync parent",
            "move README.md README.md",
            "sync model",
            "delete model.safetensors",
            "delete model.old");
    assertThat(done.indexOf("delete config.json")).isGreaterThan(done.indexOf("sync model"));
  }

  @Test
  void theNextToWriteRemovesWhatAKillHasLeft() throws IOException {
    Path target = directory.resolve("model");
    write(target, OLD);
    write(directory.resolve("model.writing-" + ID), Map.of("model.safetensors", "ne"));
    write(directory.resolve("model.writing-notes"), Map.of("mine.txt", "stays"));
    write(directory.resolve("model2.writing-" + ID), Map.of("of another", "stays"));
    assertThat(isKilled(target, new StoppedFiles(Integer.MAX_VALUE))).isFalse();
    assertThat(content(target)).isEqualTo(NEW);
    assertThat(names(directory))
        .containsExactly("model", "model.writing-notes", "model2.writing-" + ID);
  }

  @Test
  void aModelThatLiesBetweenTheTwoMovesIsFound() throws IOException {
    Path target = directory.resolve("model");
    ModelDirectory golden = ModelDirectory.open(Goldens.model("llama-tied"));
    ModelDirectory.save(
        target, golden.configuration(), ModelFiles.values(golden), TensorType.F32, golden.path());
    Files.move(target, directory.resolve("model.old-" + ID));
    assertThat(ModelDirectory.open(target).expectedTensors()).isNotEmpty();
    assertThat(names(directory)).containsExactly("model");
  }

  @Test
  void adaptersAreReplacedWholeOrNotAtAll() throws IOException {
    Path target = directory.resolve("adapter");
    TransformerConfiguration model = ModelDirectory.open(Goldens.model("gpt2")).configuration();
    LowRankAdapters adapters = new LowRankAdapters(2, 4, Set.of("c_attn"), false);
    List<float[]> values =
        adapters.tensors(model).stream().map(tensor -> new float[(int) tensor.size()]).toList();
    AdapterDirectory.save(target, adapters, model, values, "before");
    Map<String, ByteBuffer> before = ModelFiles.content(target);
    List<float[]> cutShort = new ArrayList<>(values);
    cutShort.set(values.size() - 1, new float[1]);
    assertThatThrownBy(() -> AdapterDirectory.save(target, adapters, model, cutShort, "after"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(ModelFiles.content(target)).isEqualTo(before);
    assertThat(names(directory)).containsExactly("adapter");
    Files.move(target, directory.resolve("adapter.old-" + ID));
    assertThat(AdapterDirectory.open(target, model).values()).hasSameSizeAs(values);
  }
}
