package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A model directory written aside, and put in place in one move: nobody ever finds half of it. One
 * that is given up leaves nothing.
 */
final class StagedDirectory implements AutoCloseable {
  private static final Pattern WEIGHTS =
      Pattern.compile("model(-\\d+-of-\\d+)?\\.safetensors(\\.index\\.json)?");

  private final Path target;
  private final Path aside;

  private StagedDirectory(Path target, Path aside) {
    this.target = target;
    this.aside = aside;
  }

  static StagedDirectory beside(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    Path aside = absolute.resolveSibling(absolute.getFileName() + ".writing-" + UUID.randomUUID());
    Files.createDirectories(aside);
    return new StagedDirectory(absolute, aside);
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
      sync(file);
      names.add(file.getFileName().toString());
      bytes += Files.size(file);
    }
    if (Files.exists(target)) {
      Path old = target.resolveSibling(target.getFileName() + ".old-" + UUID.randomUUID());
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      moveStrangers(old);
      deleteTree(old);
    } else {
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
    }
    return new SavedModel(names, bytes);
  }

  private void moveStrangers(Path old) throws IOException {
    for (Path file : children(old)) {
      Path kept = target.resolve(file.getFileName());
      boolean ofOldModel = WEIGHTS.matcher(file.getFileName().toString()).matches();
      if (!Files.exists(kept) && !ofOldModel) {
        Files.move(file, kept);
      }
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(aside)) {
      deleteTree(aside);
    }
  }
}
