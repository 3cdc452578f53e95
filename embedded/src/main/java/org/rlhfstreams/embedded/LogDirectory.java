package org.rlhfstreams.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The rule that one broker at a time works on a log: Kafka's own lock says whether one does. */
public final class LogDirectory {
  private static final String LOCK = ".lock";

  private LogDirectory() {}

  /**
   * Checks that no broker works on a log; leaves no trace.
   *
   * @param data of the broker; need not exist
   * @throws EmbeddedException if another process works on it
   */
  public static void requireUnused(Path data) {
    Path lock = data.resolve(LOCK);
    if (!Files.exists(lock)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held == null) {
        throw inUse(data);
      }
    } catch (OverlappingFileLockException e) {
      throw inUse(data);
    } catch (IOException e) {
      throw new EmbeddedException(
          "%s cannot be opened (%s): give this user the right to it, or name another directory"
              .formatted(lock, e.getMessage()),
          e);
    }
  }

  private static EmbeddedException inUse(Path data) {
    return new EmbeddedException(
        "another process is at work in %s: wait until it has ended, stop it, or name another directory"
            .formatted(data));
  }
}
