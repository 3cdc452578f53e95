package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.common.FileProblem;

/**
 * Writes objects, one a line, to a file, gzipped where it is called {@code .gz}, or to standard
 * output.
 */
public final class JsonLineWriter implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Optional<Path> file;
  private final FileChannel channel;
  private BufferedWriter writer;

  private JsonLineWriter(Optional<Path> file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens a file, and leaves what it holds until {@link #begin}.
   *
   * @param file standard output where empty
   * @param source what is read meanwhile
   * @throws ExplainedException if it cannot be written, or is what is read
   */
  public static JsonLineWriter open(Optional<Path> file, Path source) {
    try {
      if (file.isPresent()
          && Files.exists(file.get())
          && Files.exists(source)
          && Files.isSameFile(file.get(), source)) {
        throw new ExplainedException(
            source + " would be written while it is read: name another --output");
      }
    } catch (IOException e) {
      throw unwritable(file.get(), e);
    }
    return open(file);
  }

  /**
   * The same, where no file is read meanwhile.
   *
   * @throws ExplainedException if it cannot be written
   */
  public static JsonLineWriter open(Optional<Path> file) {
    if (file.isEmpty()) {
      return new JsonLineWriter(file, null);
    }
    try {
      return new JsonLineWriter(
          file, FileChannel.open(file.get(), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw unwritable(file.get(), e);
    }
  }

  private static ExplainedException unwritable(Path file, IOException e) {
    return new ExplainedException(
        "%s cannot be written: %s; name a file in a directory that exists"
            .formatted(file, e.getMessage()),
        e);
  }

  /** Where it goes, for messages. */
  public String target() {
    return file.map(Path::toString).orElse("standard output");
  }

  /**
   * Replaces what the file holds: from here on, the work can succeed.
   *
   * @throws ExplainedException if it cannot be written
   */
  public void begin() {
    try {
      OutputStream bytes = System.out;
      if (file.isPresent()) {
        if (Files.isRegularFile(file.get())) {
          channel.truncate(0);
        }
        bytes = Channels.newOutputStream(channel);
        bytes = file.get().toString().endsWith(".gz") ? new GZIPOutputStream(bytes) : bytes;
      }
      writer = new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Writes one object; it is in the file when this returns.
   *
   * @throws ExplainedException if it cannot be written
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

  private ExplainedException failure(IOException e) {
    String what = target() + " cannot be written";
    return FileProblem.in(new UncheckedIOException(what, e))
        .orElseGet(() -> new ExplainedException(what + ": " + e.getMessage(), e));
  }

  @Override
  public void close() {
    if (file.isEmpty()) {
      return; // others print there too
    }
    try (channel) {
      if (writer != null) {
        writer.close();
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
