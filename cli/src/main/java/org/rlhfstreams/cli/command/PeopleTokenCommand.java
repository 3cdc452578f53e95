package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.TokensFileOptions;
import org.rlhfstreams.people.access.PersonRole;
import org.rlhfstreams.people.access.TokensFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a token. */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description = "Makes a token and prints it, once; the file has its hash alone.")
public final class PeopleTokenCommand implements Callable<Integer> {
  @Mixin private TokensFileOptions options;

  @Option(
      names = "--name",
      required = true,
      description = "Whose it is; a name may have several, to change them one by one.")
  private String name;

  @Option(names = "--role", required = true, description = "One of ${COMPLETION-CANDIDATES}.")
  private PersonRole role;

  @Option(names = "--once", description = "Make none where the file has one of this name already.")
  private boolean once;

  @Override
  public Integer call() {
    Path file = options.file();
    Optional<String> token =
        once ? TokensFile.addOnce(file, name, role) : Optional.of(TokensFile.add(file, name, role));
    if (token.isEmpty()) {
      System.err.printf("%s has a token of %s already%n", file, name);
      return 0;
    }
    System.out.println(token.get());
    System.err.printf(
        "%s may now do what the role %s may; %s has the hash. A running service knows it within"
            + " a second.%n",
        name, role.text(), file);
    return 0;
  }
}
