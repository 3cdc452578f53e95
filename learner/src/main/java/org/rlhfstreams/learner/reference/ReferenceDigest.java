package org.rlhfstreams.learner.reference;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What a reference's numbers depend on, as a name: its weights, its configuration and its type. */
public final class ReferenceDigest {
  private static final int PIECE = 1 << 20;
  private static final int LETTERS = 16;

  private ReferenceDigest() {}

  /**
   * The digest of a model directory.
   *
   * @param type what the reference computes in, as configured
   */
  public static String of(Path model, String type) {
    try (Stream<Path> files = Files.list(model)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(type.getBytes(StandardCharsets.UTF_8));
      List<Path> relevant =
          files
              .filter(
                  file ->
                      file.getFileName().toString().endsWith(".safetensors")
                          || file.endsWith("config.json"))
              .sorted()
              .toList();
      byte[] piece = new byte[PIECE];
      for (Path file : relevant) {
        try (InputStream in = Files.newInputStream(file)) {
          for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            digest.update(piece, 0, read);
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, LETTERS);
    } catch (IOException e) {
      throw new UncheckedIOException(model + " cannot be read", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java machine has SHA-256", e);
    }
  }
}
