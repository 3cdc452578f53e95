package org.rlhfstreams.people.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.service.configuration.ConfigurationException;

final class TokensFileTest {
  @TempDir private Path directory;

  @Test
  void theFileHasAHashAndIsForItsOwnerAlone() throws IOException {
    Path file = directory.resolve("new/tokens.yaml");
    String token = TokensFile.add(file, "alice", PersonRole.ANNOTATOR);
    assertThat(Files.readString(file)).contains("alice", "annotator").doesNotContain(token);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    TokenRegistry registry = new TokenRegistry(Optional.of(file));
    assertThat(registry.find(token)).map(TokenEntry::name).contains("alice");
    assertThat(registry.find(token + "x")).isEmpty();
    try (var left = Files.list(file.getParent())) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void revokingTakesAllOfAName() {
    Path file = directory.resolve("tokens.yaml");
    String alice = TokensFile.add(file, "alice", PersonRole.ANNOTATOR);
    String bob = TokensFile.add(file, "bob", PersonRole.VIEWER);
    assertThat(TokensFile.revoke(file, "alice", false)).isEqualTo(1);
    assertThat(TokensFile.revoke(file, "alice", false)).isZero();
    TokenRegistry registry = new TokenRegistry(Optional.of(file));
    assertThat(registry.find(alice)).isEmpty();
    assertThat(registry.find(bob)).map(TokenEntry::role).contains(PersonRole.VIEWER);
  }

  @Test
  void whatIsWrongIsNamed() throws IOException {
    Path file = directory.resolve("tokens.yaml");
    assertThatThrownBy(() -> TokensFile.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not exist")
        .hasMessageContaining("rlhf people token");
    for (String wrong :
        new String[] {
          "tokens:\n  - name: alice\n    role: king\n    sha256: aa\n    created: now\n",
          "tokens:\n  - name: alice\n",
          "tokens:\n  - name: a b\n    role: viewer\n    sha256: "
              + "a".repeat(64)
              + "\n    created: now\n",
          "tokens:\n  - name: alice\n    role: viewer\n    sha256: secret\n    created: now\n",
          "tokens: 7\n",
          "token:\n",
          "[",
        }) {
      Files.writeString(file, wrong);
      assertThatThrownBy(() -> TokensFile.read(file))
          .as(wrong)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("tokens.yaml");
    }
  }
}
