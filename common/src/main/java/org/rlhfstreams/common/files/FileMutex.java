package org.rlhfstreams.common.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Lets one process at a time change something: the one that holds the lock on a file, which exists
 * only meanwhile. The operating system releases the lock when a process is killed. On a file system
 * without locks this excludes the threads of this process only.
 */
public final class FileMutex implements AutoCloseable {
  private static final int LONGEST = 1 << 20;
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private FileMutex(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Waits until nobody else holds it.
   *
   * @param file of the lock, in a directory that exists
   * @throws IOException if the file cannot be made
   */
  public static FileMutex acquire(Path file) throws IOException {
    Path absolute = file.toAbsolutePath().normalize();
    claim(absolute);
    FileChannel held = null;
    try {
      while (held == null) {
        held = tryHold(absolute);
      }
      return new FileMutex(absolute, held);
    } finally {
      if (held == null) {
        release(absolute);
      }
    }
  }

  /** The locked file; null if the holder before has deleted it meanwhile. */
  private static FileChannel tryHold(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean holds = false;
    try {
      lock(channel);
      // The holder before deletes its file, and a lock on a deleted file excludes nobody: the
      // length
      // that the locked file gets must be found under the name. It must not be opened to find out,
      // because closing it would give the lock back.
      int length = 1 + ThreadLocalRandom.current().nextInt(LONGEST);
      channel.truncate(0);
      channel.write(ByteBuffer.allocate(1), length - 1L);
      holds = length(file) == length;
    } finally {
      if (!holds) {
        channel.close();
      }
    }
    return holds ? channel : null;
  }

  private static void lock(FileChannel channel) throws IOException {
    try {
      FileLock unusedLock = channel.lock(); // until the channel is closed
    } catch (ClosedChannelException | FileLockInterruptionException e) {
      throw e;
    } catch (IOException e) {
      // This file system has no locks.
    }
  }

  private static long length(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return -1;
    }
  }

  /** Locks of the operating system do not exclude threads of one process. */
  private static void claim(Path file) throws IOException {
    synchronized (HELD) {
      while (!HELD.add(file)) {
        try {
          HELD.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while waiting for " + file);
        }
      }
    }
  }

  private static void release(Path file) {
    synchronized (HELD) {
      HELD.remove(file);
      HELD.notifyAll();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Files.deleteIfExists(file);
    } finally {
      try {
        channel.close();
      } finally {
        release(file);
      }
    }
  }
}
