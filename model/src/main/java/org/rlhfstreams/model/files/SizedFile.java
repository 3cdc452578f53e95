package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.rlhfstreams.model.ModelException;

/**
 * A file that keeps its size: one that was cut or replaced since is refused, for touching a mapping
 * of what is no longer there ends the process.
 */
record SizedFile(Path path, long size) {
  private static final int CHUNK = 1 << 20;

  static SizedFile of(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new ModelException(
          path + " does not exist or is no file: fetch the model again, all files of it");
    }
    try {
      return new SizedFile(path, Files.size(path));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Bytes on the heap, little-endian. */
  ByteBuffer read(long from, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = reopened()) {
      fill(channel, from, bytes);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    return bytes;
  }

  /** A mapping to read from, little-endian. */
  ByteBuffer map(long from, int length) {
    try (FileChannel channel = reopened()) {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, from, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * Hands over bytes piece by piece, on the heap, each but the last of 1 MiB: reading, unlike a
   * mapping, survives a file that is cut meanwhile.
   *
   * @throws IOException where the reader throws it
   */
  void readChunks(long from, long length, ChunkReader reader) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) Math.min(length, CHUNK)).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = reopened()) {
      for (long at = 0; at < length; at += bytes.limit()) {
        bytes.clear().limit((int) Math.min(length - at, CHUNK));
        fill(channel, from + at, bytes);
        reader.read(at, bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
      }
    }
  }

  /** Takes one piece; the bytes are its own until it returns. */
  @FunctionalInterface
  interface ChunkReader {
    /**
     * Reads it.
     *
     * @param start of the piece, counted from that of the whole
     */
    void read(long start, ByteBuffer bytes) throws IOException;
  }

  private FileChannel reopened() {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      long now = channel.size();
      if (now != size) {
        channel.close();
        throw new ModelException(
            String.format(
                Locale.ROOT,
                "%s had %d bytes when it was opened and has %d now: open the model again",
                path,
                size,
                now));
      }
      return channel;
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private void fill(FileChannel channel, long from, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, from + bytes.position()) < 0) {
          throw new ModelException(path + " ends early: fetch or write it again");
        }
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    bytes.flip();
  }

  private static ModelException unreadable(Path path, IOException e) {
    return new ModelException(path + " cannot be read: " + e.getMessage(), e);
  }
}
