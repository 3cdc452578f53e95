package org.rlhfstreams.learner.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rlhfstreams.common.files.FileOperations;
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
 *
 * <p>A process that is killed may leave folders of other names: {@code writing-} one that is not
 * whole, {@code replaced-} the one that a newer of its step was about to replace, which holds if
 * that has not come, and {@code dropped-} one that was being deleted. The next learner puts them in
 * order before it looks for its checkpoint.
 */
public final class CheckpointStore {
  private static final String PREFIX = "step-";
  private static final String WRITING = "writing-";
  private static final String REPLACED = "replaced-";
  private static final String DROPPED = "dropped-";
  private static final Pattern FOLDER =
      Pattern.compile("(%s|%s|%s|)%s(\\p{Nd}+)".formatted(WRITING, REPLACED, DROPPED, PREFIX));
  static final String MODEL = "model";
  private static final int KEPT = 2;

  private final Path directory;
  private final Path tokenizerFrom;
  private final FileOperations files;

  /**
   * @param tokenizerFrom model directory whose tokenizer goes along
   */
  public CheckpointStore(Path directory, Path tokenizerFrom) {
    this(directory, tokenizerFrom, FileOperations.ofDisk());
  }

  CheckpointStore(Path directory, Path tokenizerFrom, FileOperations files) {
    this.directory = directory;
    this.tokenizerFrom = tokenizerFrom;
    this.files = files;
  }

  /** Where checkpoints lie. */
  public Path directory() {
    return directory;
  }

  /**
   * Writes a checkpoint and drops all but the last two, and those that did best for these or may
   * turn out to.
   *
   * @throws CheckpointException where the disk refuses
   */
  public void save(Checkpoint checkpoint) {
    Path target = folder(checkpoint.step());
    Path aside = directory.resolve(WRITING + target.getFileName());
    try {
      files.createDirectories(directory);
      files.deleteTree(aside);
      files.createDirectories(aside);
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
          TensorValues.ofSources(trainer.others(), NamedTensor::source),
          TensorType.F32);
      files.write(
          aside.resolve(StateFile.NAME),
          StateFile.text(checkpoint).getBytes(StandardCharsets.UTF_8));
      files.sync(aside);
      Path before = directory.resolve(REPLACED + target.getFileName());
      if (Files.exists(target)) {
        files.deleteTree(before);
        files.move(target, before);
      }
      files.move(aside, target);
      files.sync(directory);
      files.deleteTree(before);
      dropOld();
    } catch (IOException | ModelException e) {
      throw new CheckpointException(
          "%s cannot be written (%s): make room, or name another place with learner.checkpoint-directory"
              .formatted(target, e.getMessage()),
          e);
    }
  }

  /**
   * The newest checkpoint of a step up to {@code last}. For the learner of the run: puts in order
   * what a kill has left.
   *
   * @throws CheckpointException if it is there but cannot be read
   */
  public Optional<Checkpoint> newest(long last) {
    try {
      recover();
    } catch (IOException e) {
      throw new CheckpointException(directory + " cannot be put in order: " + e.getMessage(), e);
    }
    SortedMap<Long, Path> upToLast = folders();
    upToLast.keySet().removeIf(step -> step > last);
    return upToLast.isEmpty()
        ? Optional.empty()
        : Optional.of(read(upToLast.get(upToLast.lastKey())));
  }

  /**
   * Checks that a learner can go on from what lies here, as far as the newest checkpoint's state
   * tells: no weights are read.
   *
   * @param objective that it learns by
   * @throws CheckpointException if the checkpoint is of another objective, or of a format that this
   *     release does not read
   */
  public void requireContinuable(String objective) {
    SortedMap<Long, Path> folders = folders();
    if (folders.isEmpty()) {
      return;
    }
    Path newest = folders.get(folders.lastKey());
    try {
      StateFile.open(newest)
          .objective()
          .filter(before -> !before.equals(objective))
          .ifPresent(
              before -> {
                throw new CheckpointException(
                    "%s belongs to a %s run: continue it with learner.objective = %s, or begin the %s run in another directory (--output, or learner.checkpoint-directory)"
                        .formatted(directory, before, before, objective));
              });
    } catch (IOException e) {
      throw damaged(newest, e);
    }
  }

  /** Whether the checkpoint of a step is there. */
  public boolean holds(long step) {
    return folders().containsKey(step);
  }

  /** The model directory of each checkpoint that is there, by step. */
  public SortedMap<Long, Path> models() {
    SortedMap<Long, Path> models = folders();
    models.replaceAll((step, folder) -> folder.resolve(MODEL));
    return models;
  }

  /**
   * The checkpoint of a step.
   *
   * @throws CheckpointException if it is not there, or cannot be read
   */
  public Checkpoint at(long step) {
    Path folder = folders().get(step);
    if (folder == null) {
      throw new CheckpointException(folder(step) + " is gone: the best step's weights were in it");
    }
    return read(folder);
  }

  private Path folder(long step) {
    return directory.resolve(String.format(Locale.ROOT, "%s%08d", PREFIX, step));
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
      throw damaged(folder, e);
    }
  }

  private static CheckpointException damaged(Path folder, Exception cause) {
    return new CheckpointException(
        "checkpoint %s cannot be read (%s): remove it to go on from the one before"
            .formatted(folder, cause.getMessage()),
        cause);
  }

  /** The folder of each step: one that was about to be replaced if the other has not come. */
  private SortedMap<Long, Path> folders() {
    SortedMap<Long, Path> folders = new TreeMap<>();
    try {
      for (Path child : children()) {
        Matcher name = FOLDER.matcher(child.getFileName().toString());
        if (name.matches() && name.group(1).isEmpty()) {
          folders.put(Long.parseLong(name.group(2)), child);
        } else if (name.matches() && name.group(1).equals(REPLACED)) {
          folders.putIfAbsent(Long.parseLong(name.group(2)), child);
        }
      }
    } catch (IOException e) {
      throw new CheckpointException(directory + " cannot be listed: " + e.getMessage(), e);
    }
    return folders;
  }

  private List<Path> children() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }

  private void recover() throws IOException {
    for (Path child : children()) {
      Matcher name = FOLDER.matcher(child.getFileName().toString());
      if (!name.matches() || name.group(1).isEmpty()) {
        continue;
      }
      Path target =
          directory.resolve(child.getFileName().toString().substring(name.group(1).length()));
      if (name.group(1).equals(REPLACED) && !Files.exists(target)) {
        files.move(child, target);
        files.sync(directory);
      } else {
        files.deleteTree(child);
      }
    }
  }

  private void dropOld() throws IOException {
    SortedMap<Long, Path> folders = folders();
    List<Long> steps = List.copyOf(folders.keySet());
    int old = Math.max(0, steps.size() - KEPT);
    Set<Long> best = new HashSet<>();
    for (long kept : steps.subList(old, steps.size())) {
      ValidationState validation = StateFile.open(folders.get(kept)).validation();
      validation.best().ifPresent(step -> best.add(step.step()));
      best.addAll(validation.awaited());
    }
    for (long step : steps.subList(0, old)) {
      if (!best.contains(step)) {
        // Under its name it would be taken for whole after a kill.
        Path dropped = directory.resolve(DROPPED + folders.get(step).getFileName());
        files.deleteTree(dropped);
        files.move(folders.get(step), dropped);
        files.deleteTree(dropped);
      }
    }
  }
}
