package org.rlhfstreams.cli.command;

import java.util.List;
import java.util.Set;
import org.rlhfstreams.common.EditDistance;
import picocli.CommandLine;

/** What is said of a word that names no command. */
final class UnknownCommand {
  private UnknownCommand() {}

  /**
   * Names the commands that may have been meant, or all there are.
   *
   * @param command the one before the word
   */
  static String message(CommandLine command, String word) {
    String name = command.getCommandSpec().qualifiedName();
    Set<String> known = command.getSubcommands().keySet();
    if (known.isEmpty()) {
      return "%s has no commands: %s --help lists its options".formatted(name, name);
    }
    List<String> meant = EditDistance.meant(word, known);
    return meant.isEmpty()
        ? "%s has no %s: it has %s".formatted(name, word, String.join(", ", known))
        : "%s has no %s: did you mean %s?".formatted(name, word, String.join(" or ", meant));
  }
}
