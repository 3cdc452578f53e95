package org.rlhfstreams.model.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells models apart by what their directories hold, wherever those lie: configuration and
 * tokenizer whole; of a file of weights its size and {@value #SAMPLES} samples, so that it takes as
 * long for a large model as for a small one.
 */
public final class ModelFingerprint {
  private static final int SAMPLES = 64;
  private static final int SAMPLE_BYTES = 16 << 10;
  private static final int LETTERS = 24;
  private static final List<String> TEXTS = List.of(".json", ".jinja", ".model", ".txt");

  private ModelFingerprint() {}

  /** The fingerprint of a model directory, 24 hexadecimal digits; empty if it does not exist. */
  public static String of(Path model) {
    if (!Files.isDirectory(model)) {
      return "";
    }
    try (Stream<Path> files = Files.list(model)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = file.getFileName().toString();
        if (TEXTS.stream().anyMatch(name::endsWith)) {
          digest.update(name.getBytes(StandardCharsets.UTF_8));
          digest.update(Files.readAllBytes(file));
        } else if (name.endsWith(".safetensors")) {
          digest.update(name.getBytes(StandardCharsets.UTF_8));
          sample(file, digest);
        }
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, LETTERS);
    } catch (IOException e) {
      throw new UncheckedIOException(model + " cannot be read", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void sample(Path file, MessageDigest digest) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, size));
      ByteBuffer sample = ByteBuffer.allocate(SAMPLE_BYTES);
      for (int i = 0; i < SAMPLES; i++) {
        sample.clear();
        int read = channel.read(sample, Math.max(0, size - SAMPLE_BYTES) * i / (SAMPLES - 1));
        if (read > 0) {
          digest.update(sample.flip());
        }
      }
    }
  }
}
