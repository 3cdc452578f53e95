package org.rlhfstreams.service.index;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.rlhfstreams.common.files.FileOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory that one process has for itself until it closes it or is killed: then the next that
 * comes to the same place removes it. One that is stopped keeps its own, whoever takes over.
 */
final class OwnedDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnedDirectory.class);
  private static final String PREFIX = "index-";
  private static final String IN_USE = "in-use";

  /** Of this process. To open and close another channel on their lock files would unlock them. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel inUse;

  private OwnedDirectory(Path path, FileChannel inUse) {
    this.path = path;
    this.inUse = inUse;
  }

  /** A new one below a directory, which is made where it is missing. */
  static OwnedDirectory below(Path parent) throws IOException {
    Path place = Files.createDirectories(parent.toAbsolutePath());
    removeAbandoned(place);
    while (true) {
      Path path = Files.createTempDirectory(place, PREFIX);
      OWN.add(path);
      FileChannel inUse =
          FileChannel.open(
              path.resolve(IN_USE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      inUse.lock();
      if (Files.exists(path.resolve(IN_USE))) { // another may have come before the lock
        return new OwnedDirectory(path, inUse);
      }
      inUse.close();
      OWN.remove(path);
    }
  }

  private static void removeAbandoned(Path place) throws IOException {
    List<Path> others;
    try (Stream<Path> paths = Files.list(place)) {
      others =
          paths
              .filter(path -> String.valueOf(path.getFileName()).startsWith(PREFIX))
              .filter(path -> !OWN.contains(path) && Files.exists(path.resolve(IN_USE)))
              .toList();
    }
    for (Path other : others) {
      try (FileChannel channel =
              FileChannel.open(other.resolve(IN_USE), StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock != null) {
          FileOperations.ofDisk().deleteTree(other);
        }
      } catch (IOException e) {
        LOG.warn("{} of a process that has ended cannot be removed: {}", other, e.getMessage());
      }
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      FileOperations.ofDisk().deleteTree(path);
      inUse.close();
    } catch (IOException e) {
      LOG.warn("{} cannot be removed: {}", path, e.getMessage());
    } finally {
      OWN.remove(path);
    }
  }
}
