package org.rlhfstreams.people.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
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
  void tokensThatAreMadeAtOnceByThreadsAreAllKept() throws Exception {
    Path file = directory.resolve("new/tokens.yaml");
    List<Callable<String>> additions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String name = "person-" + i;
      additions.add(() -> TokensFile.add(file, name, PersonRole.VIEWER));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<String> tokens = new ArrayList<>();
      for (Future<String> token : threads.invokeAll(additions)) {
        tokens.add(token.get());
      }
      TokenRegistry registry = new TokenRegistry(Optional.of(file));
      assertThat(tokens).allMatch(token -> registry.find(token).isPresent());
    } finally {
      threads.shutdownNow();
    }
    try (var left = Files.list(file.getParent())) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  @Tag("slow")
  void tokensThatAreMadeAtOnceByProcessesAreAllKept() throws Exception {
    Path file = directory.resolve("tokens.yaml");
    List<Process> processes = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ManyTokens.class.getName(),
                  file.toString(),
                  name)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve(name + ".log").toFile())
              .start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }
    assertThat(TokensFile.read(file)).hasSize(3 * ManyTokens.COUNT);
  }

  /** A process that makes tokens one after the other. */
  static final class ManyTokens {
    static final int COUNT = 60;

    private ManyTokens() {}

    public static void main(String[] arguments) {
      for (int i = 0; i < COUNT; i++) {
        TokensFile.add(Path.of(arguments[0]), arguments[1] + i, PersonRole.VIEWER);
      }
    }
  }

  @Test
  void aTokenThatIsWantedOnceIsMadeOnceHoweverManyAskAtOnce() throws Exception {
    Path file = directory.resolve("tokens.yaml");
    Callable<Optional<String>> once = () -> TokensFile.addOnce(file, "alice", PersonRole.ANNOTATOR);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<String> made = new ArrayList<>();
      for (Future<Optional<String>> token : threads.invokeAll(Collections.nCopies(8, once))) {
        token.get().ifPresent(made::add);
      }
      assertThat(made).hasSize(1);
      assertThat(TokensFile.read(file)).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
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
