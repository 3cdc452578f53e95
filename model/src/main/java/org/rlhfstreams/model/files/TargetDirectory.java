package org.rlhfstreams.model.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.rlhfstreams.model.ModelException;

/** Where a model may be written: into a new or empty directory, or over another model. */
public final class TargetDirectory {
  private TargetDirectory() {}

  /**
   * Makes sure that a model may be written to a directory.
   *
   * @param source model that is read meanwhile
   * @throws ModelException where the target is the source, holds it, or holds files of others
   */
  public static void requireFree(Path source, Path target) {
    try {
      if (!Files.exists(target)) {
        return;
      }
      if (source.toRealPath().startsWith(target.toRealPath())) {
        throw new ModelException(
            target + " is the model itself, or holds it: name another directory to write to");
      }
      if (!Files.isDirectory(target)) {
        throw new ModelException(target + " is a file: name a directory to write to");
      }
      if (!Files.exists(target.resolve(ModelSaver.CONFIGURATION)) && !empty(target)) {
        throw new ModelException(
            target + " holds files that are no model's: name a new or empty directory to write to");
      }
    } catch (IOException e) {
      throw new ModelException(target + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean empty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }
}
