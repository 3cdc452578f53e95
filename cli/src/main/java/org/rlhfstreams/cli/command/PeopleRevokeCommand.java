package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.options.TokensFileOptions;
import org.rlhfstreams.people.access.TokensFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes tokens back. */
@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    description = "Takes the tokens of a name back; a running service knows it within a second.")
public final class PeopleRevokeCommand implements Callable<Integer> {
  @Mixin private TokensFileOptions options;

  @Option(names = "--name", required = true, description = "Whose.")
  private String name;

  @Option(
      names = "--keep-newest",
      description = "All but the one made last: the end of changing a token.")
  private boolean keepNewest;

  @Override
  public Integer call() {
    Path file = options.file();
    int revoked = TokensFile.revoke(file, name, keepNewest);
    if (revoked == 0) {
      throw new CommandException(
          "%s has no token of %s to take back: look at the names in it".formatted(file, name));
    }
    System.out.printf("tokens of %s that hold no more: %d%n", name, revoked);
    return 0;
  }
}
