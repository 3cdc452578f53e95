package org.rlhfstreams.learner.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.model.files.SafetensorsFile;
import org.rlhfstreams.model.files.SafetensorsWriter;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.files.TensorValues;

/**
 * Checkpoints in a directory, one folder a step: {@code model/} is a Hugging Face directory, {@code
 * training.safetensors} the rest of the tensors, {@code state.json} all else. A folder appears
 * under its name only when all of it is on the disk.
 */
public final class CheckpointStore {
  private static final String PREFIX = "step-";
  private static final String REPLACED = "replaced-";
  static final String MODEL = "model";
  private static final int KEPT = 2;

  private final Path directory;
  private final Path tokenizerFrom;

  /**
   * @param tokenizerFrom model directory whose tokenizer goes along
   */
  public CheckpointStore(Path directory, Path tokenizerFrom) {
    this.directory = directory;
    this.tokenizerFrom = tokenizerFrom;
  }

  /** Where checkpoints lie. */
  public Path directory() {
    return directory;
  }

  /**
   * Writes a checkpoint and drops all but the last two and those that did best for these.
   *
   * @throws CheckpointException where the disk refuses
   */
  public void save(Checkpoint checkpoint) {
    Path target = folder(checkpoint.step());
    Path aside = directory.resolve("writing-" + target.getFileName());
    try {
      Files.createDirectories(directory);
      delete(aside);
      Files.createDirectories(aside);
      TrainerState trainer = checkpoint.trainer();
      ModelDirectory.save(
          aside.resolve(MODEL),
          trainer.configuration(),
          trainer.model(),
          TensorType.F32,
          tokenizerFrom);
      List<TensorSpecification> specifications =
          trainer.others().stream()
              .map(tensor -> new TensorSpecification(tensor.name(), tensor.shape()))
              .toList();
      SafetensorsWriter.write(
          aside.resolve("training.safetensors"),
          specifications,
          TensorValues.of(trainer.others(), NamedTensor::values),
          TensorType.F32);
      writeSynced(aside.resolve(StateFile.NAME), StateFile.text(checkpoint));
      Path before = directory.resolve(REPLACED + target.getFileName());
      delete(before);
      if (Files.exists(target)) {
        Files.move(target, before, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      sync(directory);
      delete(before);
      dropOld();
    } catch (IOException | ModelException e) {
      throw new CheckpointException(
          "%s cannot be written (%s): make room, or name another place with learner.checkpoint-directory"
              .formatted(target, e.getMessage()),
          e);
    }
  }

  private static void writeSynced(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.UTF_8);
    sync(file);
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * The newest checkpoint of a step up to {@code last}.
   *
   * @throws CheckpointException where it is there but cannot be read
   */
  public Optional<Checkpoint> newest(long last) {
    List<Path> candidates = list().stream().filter(folder -> step(folder) <= last).toList();
    return candidates.isEmpty()
        ? Optional.empty()
        : Optional.of(read(candidates.get(candidates.size() - 1)));
  }

  /** The model directory of each checkpoint that is there, by step. */
  public SortedMap<Long, Path> models() {
    SortedMap<Long, Path> models = new TreeMap<>();
    list().forEach(folder -> models.put(step(folder), folder.resolve(MODEL)));
    return models;
  }

  /**
   * The checkpoint of a step.
   *
   * @throws CheckpointException where it is not there, or cannot be read
   */
  public Checkpoint at(long step) {
    Path folder = folder(step);
    if (!Files.exists(folder)) {
      throw new CheckpointException(folder + " is gone: the best step's weights were in it");
    }
    return read(folder);
  }

  private Path folder(long step) {
    return directory.resolve("%s%08d".formatted(PREFIX, step));
  }

  private static long step(Path folder) {
    return Long.parseLong(folder.getFileName().toString().substring(PREFIX.length()));
  }

  private static Checkpoint read(Path folder) {
    try {
      StateFile state = StateFile.open(folder);
      ModelDirectory model = ModelDirectory.open(folder.resolve(MODEL));
      List<float[]> values =
          TensorValues.of(model.expectedTensors(), tensor -> model.readTensor(tensor.name()));
      SafetensorsFile file = SafetensorsFile.open(folder.resolve("training.safetensors"));
      List<NamedTensor> others = new ArrayList<>();
      for (String name : file.names()) {
        others.add(new NamedTensor(name, file.shape(name), () -> file.readFloats(name)));
      }
      return state.checkpoint(model.configuration(), values, others);
    } catch (CheckpointException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new CheckpointException(
          "checkpoint %s cannot be read (%s): remove it to go on from the one before"
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  private List<Path> list() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try {
      putBack();
    } catch (IOException e) {
      throw new CheckpointException(directory + " cannot be put in order: " + e.getMessage(), e);
    }
    try (Stream<Path> folders = Files.list(directory)) {
      return folders
          .filter(folder -> folder.getFileName().toString().startsWith(PREFIX))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new CheckpointException(directory + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /**
   * A checkpoint that was about to be replaced when the process was killed is the one that holds.
   */
  private void putBack() throws IOException {
    try (Stream<Path> folders = Files.list(directory)) {
      for (Path before : folders.filter(CheckpointStore::isReplaced).toList()) {
        Path target =
            directory.resolve(before.getFileName().toString().substring(REPLACED.length()));
        if (!Files.exists(target)) {
          Files.move(before, target, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
  }

  private static boolean isReplaced(Path folder) {
    return folder.getFileName().toString().startsWith(REPLACED + PREFIX);
  }

  private void dropOld() throws IOException {
    List<Path> all = list();
    int old = Math.max(0, all.size() - KEPT);
    Set<Path> best = new HashSet<>();
    for (Path kept : all.subList(old, all.size())) {
      StateFile.open(kept).validation().best().ifPresent(step -> best.add(folder(step.step())));
    }
    for (Path folder : all.subList(0, old)) {
      if (!best.contains(folder)) {
        delete(folder);
      }
    }
  }

  private static void delete(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
