package org.rlhfstreams.service.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rule that a file with a secret in it is for its owner and group alone. */
public final class ExposedFile {
  private static final Logger LOG = LoggerFactory.getLogger(ExposedFile.class);

  private ExposedFile() {}

  /**
   * Warns where everyone on the machine can read the file.
   *
   * @param what the secret is, for the message
   */
  public static void warn(Path file, String what) {
    if (isExposed(file)) {
      LOG.warn("{} has {} in it and everyone here can read it: chmod 600 {}", file, what, file);
    }
  }

  static boolean isExposed(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false; // whoever opens it says so; or it has no such permissions
    }
  }
}
