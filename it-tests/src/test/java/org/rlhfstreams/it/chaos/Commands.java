package org.rlhfstreams.it.chaos;

import java.io.IOException;

/** Commands of the operating system. */
final class Commands {
  private Commands() {}

  /**
   * Runs one to its end; what it says is nobody's.
   *
   * @return its exit code
   * @throws IOException if the command does not exist
   */
  static int run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
