package org.rlhfstreams.people.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.ExposedFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens that hold now. A changed file counts without a restart; one that cannot be read leaves
 * those that held before, and one that is gone lets nobody in.
 */
public final class TokenRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(TokenRegistry.class);

  private final Optional<Path> file;
  private volatile List<Known> tokens = List.of();
  private Optional<Object> seen = Optional.empty();

  /**
   * Reads the file.
   *
   * @param file none where everyone on this machine may do everything
   * @throws ConfigurationException naming what is wrong in it
   */
  public TokenRegistry(Optional<Path> file) {
    this.file = file;
    file.ifPresent(
        path -> {
          ExposedFile.warn(path, "the hashes of tokens");
          seen = state(path);
          tokens = known(TokensFile.read(path));
        });
  }

  /** Whether tokens are asked for at all. */
  public boolean isGuarded() {
    return file.isPresent();
  }

  /** Reads the file again where it has changed; does no more than look where it has not. */
  public synchronized void refresh() {
    if (file.isEmpty()) {
      return;
    }
    Optional<Object> now = state(file.get());
    if (Objects.equals(now, seen)) {
      return;
    }
    seen = now;
    if (now.isEmpty()) {
      LOG.error("{} is gone: nobody may do anything until it is back", file.get());
      tokens = List.of();
      return;
    }
    try {
      tokens = known(TokensFile.read(file.get()));
      LOG.info("{} has changed: {} tokens hold", file.get(), tokens.size());
    } catch (ConfigurationException e) {
      LOG.error("{}; the tokens before this change still hold", e.getMessage());
    }
  }

  /** Whose token this is; compared with all of them, each in constant time. */
  public Optional<TokenEntry> find(String token) {
    return find(TokensFile.hash(token));
  }

  /** Whose token has this hash now. */
  Optional<TokenEntry> find(byte[] hash) {
    TokenEntry found = null;
    for (Known known : tokens) {
      if (MessageDigest.isEqual(known.hash(), hash)) {
        found = known.entry();
      }
    }
    return Optional.ofNullable(found);
  }

  private static List<Known> known(List<TokenEntry> entries) {
    return entries.stream()
        .map(entry -> new Known(entry, HexFormat.of().parseHex(entry.sha256())))
        .toList();
  }

  private static Optional<Object> state(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return Optional.of(
          List.of(
              attributes.lastModifiedTime(),
              attributes.size(),
              Objects.requireNonNullElse(attributes.fileKey(), "")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private record Known(TokenEntry entry, byte[] hash) {}
}
