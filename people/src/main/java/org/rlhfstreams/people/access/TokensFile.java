package org.rlhfstreams.people.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.rlhfstreams.common.files.FileMutex;
import org.rlhfstreams.common.files.FileOperations;
import org.rlhfstreams.service.configuration.ConfigurationException;

/**
 * The YAML file of tokens: names, roles and hashes. A token has 256 random bits, so that a plain
 * SHA-256 of it tells nothing; of words that people choose it would.
 */
public final class TokensFile {
  /** What a name may look like: it stands in events and in addresses. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final int TOKEN_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  private TokensFile() {}

  /**
   * What the file says.
   *
   * @throws ConfigurationException naming the line that is wrong, or that the file is missing
   */
  public static List<TokenEntry> read(Path file) {
    Content content;
    try {
      content = YAML.readValue(Files.readString(file), Content.class);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          ("people.tokens-file = %s does not exist: make it with rlhf people token --name NAME"
                  + " --role admin --tokens-file %s")
              .formatted(file, file));
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(
          "%s%s: %s; expected tokens: with a list of name, role, sha256 and created"
              .formatted(
                  file,
                  e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("not YAML")));
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage());
    }
    content.tokens().forEach(entry -> check(file, entry));
    return List.copyOf(content.tokens());
  }

  private static void check(Path file, TokenEntry entry) {
    if (!NAME.matcher(entry.name()).matches()) {
      throw new ConfigurationException(
          "%s: the name %s is none: letters, digits and . _ @ - alone, 64 at most"
              .formatted(file, entry.name()));
    }
    if (!SHA_256.matcher(entry.sha256()).matches()) {
      throw new ConfigurationException(
          "%s: sha256 of %s has not 64 hexadecimal digits; make a new token with rlhf people token"
              .formatted(file, entry.name()));
    }
  }

  /**
   * Adds a token and makes the file where there is none.
   *
   * @return the token, which nobody will be told again
   * @throws ConfigurationException if the file cannot be used
   */
  public static String add(Path file, String name, PersonRole role) {
    return alone(file, () -> append(file, name, role));
  }

  /**
   * Adds a token unless the file has one of the name.
   *
   * @return the token; empty if the file has one
   * @throws ConfigurationException if the file cannot be used
   */
  public static Optional<String> addOnce(Path file, String name, PersonRole role) {
    return alone(
        file, () -> has(file, name) ? Optional.empty() : Optional.of(append(file, name, role)));
  }

  private static boolean has(Path file, String name) {
    return Files.exists(file) && read(file).stream().anyMatch(entry -> entry.name().equals(name));
  }

  private static String append(Path file, String name, PersonRole role) {
    List<TokenEntry> entries = new ArrayList<>(Files.exists(file) ? read(file) : List.of());
    byte[] random = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(random);
    String token = "rlhf_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    TokenEntry entry = new TokenEntry(name, role, HexFormat.of().formatHex(hash(token)), created);
    check(file, entry);
    entries.add(entry);
    write(file, entries);
    return token;
  }

  /**
   * Takes out all tokens of a name.
   *
   * @param keepNewest whether the one made last stays: the end of a rotation
   * @return how many are out
   * @throws ConfigurationException if the file cannot be used
   */
  public static int revoke(Path file, String name, boolean keepNewest) {
    List<TokenEntry> unusedBefore = read(file); // one that is missing gets no directory
    return alone(file, () -> remove(file, name, keepNewest));
  }

  private static int remove(Path file, String name, boolean keepNewest) {
    List<TokenEntry> entries = new ArrayList<>(read(file));
    List<TokenEntry> theirs =
        new ArrayList<>(entries.stream().filter(entry -> entry.name().equals(name)).toList());
    if (keepNewest && !theirs.isEmpty()) {
      theirs.remove(theirs.size() - 1);
    }
    if (!theirs.isEmpty()) {
      entries.removeAll(theirs);
      write(file, entries);
    }
    return theirs.size();
  }

  /** SHA-256 of a token, or of any other secret. */
  public static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Changes the file while nobody else does: what is added between reading and writing is kept. */
  private static <T> T alone(Path file, Supplier<T> change) {
    Path absolute = file.toAbsolutePath();
    try {
      Files.createDirectories(absolute.getParent());
      FileMutex held = FileMutex.acquire(absolute.resolveSibling(absolute.getFileName() + ".lock"));
      try {
        return change.get();
      } finally {
        held.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  /** A reader sees the old file or the new one, never half of it. */
  private static void write(Path file, List<TokenEntry> entries) {
    FileAttribute<?> owner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path absolute = file.toAbsolutePath();
    try {
      Path fresh = Files.createTempFile(absolute.getParent(), ".tokens", ".yaml", owner);
      try {
        FileOperations.ofDisk()
            .write(
                fresh,
                YAML.writeValueAsString(new Content(entries)).getBytes(StandardCharsets.UTF_8));
        Files.move(
            fresh, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        FileOperations.ofDisk().sync(absolute.getParent());
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  /**
   * The file.
   *
   * @param tokens in the order they were made
   */
  record Content(List<TokenEntry> tokens) {
    Content {
      tokens = tokens == null ? List.of() : List.copyOf(tokens);
    }
  }
}
