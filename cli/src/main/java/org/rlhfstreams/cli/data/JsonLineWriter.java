package org.rlhfstreams.cli.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.rlhfstreams.cli.CommandException;

/**
 * Writes objects, one a line, to a file, gzipped where it is called {@code .gz}, or to standard
 * output.
 */
public final class JsonLineWriter implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String target;
  private final BufferedWriter writer;

  private JsonLineWriter(String target, OutputStream bytes) {
    this.target = target;
    this.writer = new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
  }

  /**
   * Opens a file, and replaces what it holds.
   *
   * @param file standard output where empty
   * @throws CommandException where it cannot be written
   */
  public static JsonLineWriter open(Optional<Path> file) {
    if (file.isEmpty()) {
      return new JsonLineWriter("standard output", System.out);
    }
    try {
      OutputStream bytes = Files.newOutputStream(file.get());
      boolean zipped = file.get().toString().endsWith(".gz");
      return new JsonLineWriter(
          file.get().toString(), zipped ? new GZIPOutputStream(bytes) : bytes);
    } catch (IOException e) {
      throw new CommandException(
          "%s cannot be written: %s; name a file in a directory that exists"
              .formatted(file.get(), e.getMessage()),
          e);
    }
  }

  /** Where it goes, for messages. */
  public String target() {
    return target;
  }

  /**
   * Writes one object; it is in the file when this returns.
   *
   * @throws CommandException where it cannot be written
   */
  public void write(ObjectNode json) {
    try {
      writer.write(MAPPER.writeValueAsString(json));
      writer.newLine();
      writer.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private CommandException failure(IOException e) {
    return new CommandException(target + " cannot be written: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      if (target.equals("standard output")) {
        writer.flush();
      } else {
        writer.close();
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
