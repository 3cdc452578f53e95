package org.rlhfstreams.learner.loop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files of one JSON object a line. */
final class JsonLines {
  private JsonLines() {}

  /** Appends a line; makes the file where there is none. */
  static void append(Path path, ObjectNode json) {
    try {
      Files.writeString(
          path,
          json + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be written", e);
    }
  }
}
