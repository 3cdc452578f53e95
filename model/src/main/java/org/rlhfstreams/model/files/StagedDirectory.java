package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rlhfstreams.common.files.FileMutex;
import org.rlhfstreams.common.files.FileOperations;

/**
 * A model directory written aside and then put in place: nobody ever finds half of it. One that is
 * given up leaves nothing.
 *
 * <p>A directory cannot be exchanged for another in one step, so {@code NAME} is moved to {@code
 * NAME.old-ID} before {@code NAME.writing-ID}, complete and synced, is moved to {@code NAME}. After
 * a kill {@link #recover} finds the new one, or the old one if the new one was not complete. One
 * writer at a time changes a directory; what else lies beside it when a writer begins is left by a
 * kill.
 */
final class StagedDirectory implements AutoCloseable {
  private static final Pattern WEIGHTS =
      Pattern.compile("model(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?");
  private static final String WRITING = ".writing-";
  private static final String OLD = ".old-";

  private final FileOperations files;
  private final FileMutex held;
  private final Path target;
  private final Path aside;
  private final Path old;

  private StagedDirectory(FileOperations files, FileMutex held, Path target) {
    this.files = files;
    this.held = held;
    this.target = target;
    String id = UUID.randomUUID().toString();
    this.aside = target.resolveSibling(target.getFileName() + WRITING + id);
    this.old = target.resolveSibling(target.getFileName() + OLD + id);
  }

  /** Begins to write; waits for another who writes the same. */
  static StagedDirectory beside(Path target) throws IOException {
    return beside(target, FileOperations.ofDisk());
  }

  static StagedDirectory beside(Path target, FileOperations files) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    files.createDirectories(absolute.getParent());
    StagedDirectory staged = new StagedDirectory(files, lock(absolute), absolute);
    try {
      finish(absolute, files);
      files.createDirectories(staged.aside);
    } catch (IOException | RuntimeException e) {
      staged.held.close();
      throw e;
    }
    return staged;
  }

  /**
   * Brings to its end what a kill has interrupted: the directory is whole again, and what was left
   * beside it is gone. Does nothing if nothing is left, and waits for one who writes.
   *
   * @throws IOException if files cannot be moved or deleted
   */
  static void recover(Path target) throws IOException {
    recover(target, FileOperations.ofDisk());
  }

  static void recover(Path target, FileOperations files) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    if (absolute.getFileName() == null
        || !Files.isReadable(absolute.getParent())
        || beside(absolute, "").isEmpty()) {
      return;
    }
    FileMutex held = lock(absolute);
    try {
      finish(absolute, files);
    } finally {
      held.close();
    }
  }

  private static FileMutex lock(Path target) throws IOException {
    return FileMutex.acquire(target.resolveSibling("." + target.getFileName() + ".lock"));
  }

  private static void finish(Path target, FileOperations files) throws IOException {
    for (Path old : beside(target, OLD)) {
      String id = old.getFileName().toString().substring((target.getFileName() + OLD).length());
      Path aside = target.resolveSibling(target.getFileName() + WRITING + id);
      if (!exists(target)) {
        // It is complete: the old one left only then.
        files.move(exists(aside) ? aside : old, target);
        files.sync(target.getParent());
      }
      if (exists(old)) {
        retire(old, target, files);
      }
    }
    for (Path aside : beside(target, WRITING)) {
      files.deleteTree(aside);
    }
  }

  /** Where to write. */
  Path path() {
    return aside;
  }

  /** Puts it in place; what else an older model's directory held, such as a model card, stays. */
  SavedModel commit() throws IOException {
    List<String> names = new ArrayList<>();
    long bytes = 0;
    for (Path file : children(aside)) {
      files.sync(file);
      names.add(file.getFileName().toString());
      bytes += Files.size(file);
    }
    files.sync(aside);
    boolean replaces = exists(target);
    if (replaces) {
      files.move(target, old);
    }
    files.move(aside, target);
    files.sync(target.getParent());
    if (replaces) {
      retire(old, target, files);
    }
    return new SavedModel(names, bytes);
  }

  /** Moves what is of no model, such as a model card, and deletes the rest. */
  private static void retire(Path old, Path target, FileOperations files) throws IOException {
    for (Path file : children(old)) {
      Path kept = target.resolve(file.getFileName());
      boolean ofOldModel = WEIGHTS.matcher(file.getFileName().toString()).matches();
      if (!exists(kept) && !ofOldModel) {
        files.move(file, kept);
      }
    }
    files.sync(target);
    files.deleteTree(old);
  }

  /** What a writer of a directory has made beside it. */
  private static List<Path> beside(Path target, String kind) throws IOException {
    Pattern name =
        Pattern.compile(
            Pattern.quote(target.getFileName().toString())
                + (kind.isEmpty() ? "\\.(writing|old)-" : Pattern.quote(kind))
                + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    if (!Files.isDirectory(target.getParent())) {
      return List.of();
    }
    return children(target.getParent()).stream()
        .filter(path -> name.matcher(path.getFileName().toString()).matches())
        .toList();
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.sorted().toList();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      files.deleteTree(aside);
    } finally {
      held.close();
    }
  }
}
