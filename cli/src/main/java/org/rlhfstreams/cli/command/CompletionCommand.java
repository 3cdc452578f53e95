package org.rlhfstreams.cli.command;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a shell needs to complete commands, options and their values. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description =
        "Prints a script that completes commands, options and their values in a shell. Bash: source"
            + " <(./rlhf completion bash); zsh: source <(./rlhf completion zsh); put the line into"
            + " ~/.bashrc or ~/.zshrc to have it in every shell.")
public final class CompletionCommand implements Callable<Integer> {
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Override
  public Integer call() {
    if (shell == Shell.ZSH) {
      System.out.println("autoload -U +X compinit && compinit");
    }
    System.out.print(AutoComplete.bash("rlhf", spec.root().commandLine()));
    return 0;
  }
}
