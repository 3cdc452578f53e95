package org.rlhfstreams.model.files;

import java.util.List;

/**
 * What was written.
 *
 * @param files names of the files written there
 * @param bytes of these files together
 */
public record SavedModel(List<String> files, long bytes) {
  public SavedModel {
    files = List.copyOf(files);
  }
}
