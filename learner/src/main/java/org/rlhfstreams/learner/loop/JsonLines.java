package org.rlhfstreams.learner.loop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.common.files.FileOperations;
import org.rlhfstreams.service.configuration.ConfigurationException;

/** Files of one JSON object a line, each of a step. */
final class JsonLines {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonLines() {}

  /**
   * Drops the lines of steps after one, which will be done again; makes the directory. A kill
   * leaves the old file or the new one.
   *
   * @throws ConfigurationException if there can be no such directory
   */
  static void rewind(Path path, long step) {
    rewind(path, step, FileOperations.ofDisk());
  }

  static void rewind(Path path, long step, FileOperations files) {
    try {
      files.createDirectories(path.getParent());
      if (!Files.exists(path)) {
        return;
      }
      StringBuilder kept = new StringBuilder();
      for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
        if (isOf(line, step)) {
          kept.append(line).append('\n');
        }
      }
      // Of one name, so that what a kill leaves is overwritten at the next start.
      Path real = path.toRealPath();
      Path aside = real.resolveSibling(real.getFileName() + ".rewinding");
      files.write(aside, kept.toString().getBytes(StandardCharsets.UTF_8));
      files.move(aside, real);
      files.sync(real.getParent());
    } catch (FileAlreadyExistsException | AccessDeniedException e) {
      throw new ConfigurationException(
          "learner.output = %s: %s is a file, or not to be written by this user; name another directory"
              .formatted(path.getParent(), e.getFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be rewritten", e);
    }
  }

  /** All lines, in order; none if there is no file. */
  static List<JsonNode> read(Path path) {
    List<JsonNode> lines = new ArrayList<>();
    try {
      if (Files.exists(path)) {
        for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
          lines.add(MAPPER.readTree(line));
        }
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be read", e);
    }
  }

  private static boolean isOf(String line, long lastStep) {
    try {
      JsonNode json = MAPPER.readTree(line);
      return json.path("step").isNumber() && json.path("step").asLong() <= lastStep;
    } catch (IOException e) {
      return false; // cut short by a kill
    }
  }

  /**
   * Appends a line, or nothing where not all of it has room; makes the file where there is none.
   */
  static void append(Path path, ObjectNode json) {
    byte[] line = (json + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long end = file.size();
      try {
        ByteBuffer rest = ByteBuffer.wrap(line);
        while (rest.hasRemaining()) {
          file.write(rest, end + rest.position());
        }
      } catch (IOException e) {
        file.truncate(end);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s cannot be written (%s)".formatted(path, e.getMessage()), e);
    }
  }
}
