package org.rlhfstreams.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.rlhfstreams.common.ExplainedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The same as {@code --help} behind the words that follow. */
@Command(
    name = "help",
    description = "Lists the commands, or the options of one: rlhf help train dpo.")
public final class HelpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Its words; none is all.")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() {
    CommandLine found = spec.parent().commandLine();
    for (String word : words) {
      CommandLine next = found.getSubcommands().get(word);
      if (next == null) {
        spec.commandLine().getErr().println(UnknownCommand.message(found, word));
        return ExplainedException.MISUSED;
      }
      found = next;
    }
    found.usage(System.out);
    return 0;
  }
}
