package org.rlhfstreams.service.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.rlhfstreams.common.files.FileOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory that belongs to one process until it closes it. What a killed process has left, the
 * next one at the same place deletes. A paused process keeps its directory, even if another takes
 * over.
 */
final class OwnedDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnedDirectory.class);
  private static final String PREFIX = "index-";
  private static final String IN_USE = "in-use";
  private static final String CONTENT = "content";

  /** Of this process: to open and close another channel on a lock file would unlock it. */
  private static final Set<Path> OWN = new HashSet<>();

  private final Path path;
  private final FileChannel channel;
  private final FileLock inUse; // held for as long as this is

  private OwnedDirectory(Path path, FileChannel channel, FileLock inUse) {
    this.path = path;
    this.channel = channel;
    this.inUse = inUse;
  }

  /** A new one below a directory, which is created if it is missing. */
  static OwnedDirectory below(Path parent) throws IOException {
    synchronized (OWN) { // no other of this process looks while there is a file and no lock yet
      if (!Files.isDirectory(parent)) {
        Files.createDirectories(parent);
      }
      Path place = parent.toRealPath();
      deleteAbandoned(place);
      while (true) {
        Path path = Files.createTempDirectory(place, PREFIX);
        FileChannel channel =
            FileChannel.open(
                path.resolve(IN_USE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OwnedDirectory owned = new OwnedDirectory(path, channel, channel.lock());
        if (Files.exists(path.resolve(IN_USE))) { // another process may have come before the lock
          OWN.add(path);
          return owned;
        }
        channel.close();
      }
    }
  }

  private static void deleteAbandoned(Path place) throws IOException {
    List<Path> others;
    try (Stream<Path> paths = Files.list(place)) {
      others =
          paths
              .filter(path -> String.valueOf(path.getFileName()).startsWith(PREFIX))
              .filter(path -> !OWN.contains(path))
              .toList();
    }
    for (Path other : others) {
      try (FileChannel channel = FileChannel.open(other.resolve(IN_USE), StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock != null) {
          delete(other);
        }
      } catch (NoSuchFileException | OverlappingFileLockException e) {
        LOG.debug("{} is in use, or is being deleted", other);
      } catch (IOException | UncheckedIOException e) {
        LOG.warn("{} of a dead process cannot be deleted: {}", other, e.getMessage());
      }
    }
  }

  /** The lock file last: without it nobody would dare to delete the rest. */
  private static void delete(Path path) throws IOException {
    FileOperations files = FileOperations.ofDisk();
    files.deleteTree(path.resolve(CONTENT));
    files.deleteTree(path);
  }

  /** Where the owner may write. */
  Path content() {
    return path.resolve(CONTENT);
  }

  @Override
  public void close() {
    try {
      delete(path);
      inUse.release();
      channel.close();
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} cannot be deleted: {}", path, e.getMessage());
    } finally {
      synchronized (OWN) {
        OWN.remove(path);
      }
    }
  }
}
