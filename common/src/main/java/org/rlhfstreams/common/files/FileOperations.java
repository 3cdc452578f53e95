package org.rlhfstreams.common.files;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The operations on a file system whose order decides what a crash leaves. Tests stop between any
 * two of them.
 */
public interface FileOperations {
  /** Those of the file system. */
  static FileOperations ofDisk() {
    return new DiskOperations();
  }

  /** Makes a directory and its parents; each is synced into the one above it. */
  void createDirectories(Path directory) throws IOException;

  /** Writes a file, or writes it anew, and syncs it. */
  void write(Path file, byte[] content) throws IOException;

  /** Returns when a file's content, or a directory's entries, are on the disk. */
  void sync(Path path) throws IOException;

  /** Renames a file or directory at once; replaces a file. */
  void move(Path from, Path to) throws IOException;

  /** Deletes a file or an empty directory. */
  void delete(Path path) throws IOException;

  /** Deletes a file, or a directory with its contents; does nothing if it does not exist. */
  default void deleteTree(Path root) throws IOException {
    for (Path path : Trees.deepestFirst(root)) {
      delete(path);
    }
  }
}
