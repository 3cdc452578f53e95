package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.people.access.TokenEntry;
import org.rlhfstreams.people.access.TokenRegistry;

/** Tokens made and taken back by the commands are those that the service knows. */
final class PeopleCommandTest {
  @TempDir private Path directory;

  @Test
  void aTokenIsPrintedOnceAndHoldsUntilItIsTakenBack() throws IOException {
    Path file = directory.resolve("tokens.yaml");
    String first = make(file);
    String second = make(file);
    assertThat(Files.readString(file)).doesNotContain(first).doesNotContain(second);
    assertThat(holder(file, first)).contains("alice");
    String said =
        CommandRun.expecting(
                0,
                "people",
                "revoke",
                "--name",
                "alice",
                "--keep-newest",
                "--people.tokens-file",
                file.toString())
            .output();
    assertThat(said).isEqualTo("tokens of alice that hold no more: 1\n");
    assertThat(holder(file, first)).isEmpty();
    assertThat(holder(file, second)).contains("alice");
    CommandRun.expecting(
        0, "people", "revoke", "--name", "alice", "--tokens-file", file.toString());
    assertThat(holder(file, second)).isEmpty();
    assertThat(
            CommandRun.expecting(
                    1, "people", "revoke", "--name", "alice", "--tokens-file", file.toString())
                .errors())
        .contains("has no token of alice");
  }

  @Test
  void onceMakesNoneWhereThereIsOneOfTheName() throws IOException {
    Path file = directory.resolve("tokens.yaml");
    String token = make(file, "--once");
    String written = Files.readString(file);
    CommandRun again = run(file, "--once");
    assertThat(again.output()).isEmpty();
    assertThat(again.errors()).contains("has a token of alice already");
    assertThat(Files.readString(file)).isEqualTo(written);
    assertThat(holder(file, token)).contains("alice");
  }

  private static CommandRun run(Path file, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "people",
                "token",
                "--name",
                "alice",
                "--role",
                "annotator",
                "--tokens-file",
                file.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.expecting(0, arguments.toArray(String[]::new));
  }

  private static String make(Path file, String... more) {
    CommandRun run = run(file, more);
    assertThat(run.errors()).contains("alice may now do what the role annotator may");
    return run.output().strip();
  }

  private static Optional<String> holder(Path file, String token) {
    return new TokenRegistry(Optional.of(file)).find(token).map(TokenEntry::name);
  }

  @Test
  void whatIsMissingOrWrongIsSaid() {
    assertThat(
            CommandRun.expecting(2, "people", "token", "--name", "alice", "--role", "viewer")
                .errors())
        .contains("--tokens-file FILE");
    assertThat(
            CommandRun.expecting(
                    2,
                    "people",
                    "token",
                    "--name",
                    "a b",
                    "--role",
                    "viewer",
                    "--tokens-file",
                    directory.resolve("tokens.yaml").toString())
                .errors())
        .contains("the name a b is none");
    assertThat(
            CommandRun.expecting(2, "people", "token", "--name", "alice", "--role", "king")
                .errors())
        .contains("ANNOTATOR");
  }
}
