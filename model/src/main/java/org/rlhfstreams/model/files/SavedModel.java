package org.rlhfstreams.model.files;

import java.nio.file.Path;
import java.util.List;

/**
 * What was written.
 *
 * @param path the model's directory
 * @param files names of the files written there
 * @param bytes of these files together
 */
public record SavedModel(Path path, List<String> files, long bytes) {
  public SavedModel {
    files = List.copyOf(files);
  }
}
