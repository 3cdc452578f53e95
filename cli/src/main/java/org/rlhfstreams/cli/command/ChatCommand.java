package org.rlhfstreams.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ModelOptions;
import org.rlhfstreams.cli.options.SamplingOptions;
import org.rlhfstreams.cli.run.Conversation;
import org.rlhfstreams.cli.terminal.TerminalWindow;
import org.rlhfstreams.evaluation.ResponseSampling;
import org.rlhfstreams.model.completion.CompletionEnd;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.completion.PromptException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A conversation on the terminal. */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    description = "Talks with a model: /reset starts again, /exit or the input's end leaves.")
public final class ChatCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;
  @Mixin private SamplingOptions sampling;

  @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told first.")
  private String system;

  @Override
  public Integer call() {
    ResponseSampling drawn = sampling.sampling();
    try (LanguageModel opened = model.open();
        Conversation conversation = Conversation.open(opened, drawn, Optional.ofNullable(system))) {
      System.out.println(
          conversation.templated()
              ? "/reset starts again, /exit leaves"
              : "this model has no chat template: it goes on with what you write, as plain text;"
                  + " /reset starts again, /exit leaves");
      BufferedReader input =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = next(input); line != null; line = next(input)) {
        switch (line.strip()) {
          case "" -> {}
          case "/exit" -> {
            return 0;
          }
          case "/reset" -> {
            conversation.reset();
            System.out.println("(started again)");
          }
          default -> answer(conversation, line);
        }
      }
      return 0;
    }
  }

  private static String next(BufferedReader input) {
    if (TerminalWindow.isPresent()) {
      System.out.print("> ");
      System.out.flush();
    }
    try {
      return input.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(Conversation conversation, String line) {
    try {
      CompletionEnd end =
          conversation.say(
              line,
              piece -> {
                System.out.print(piece.text());
                System.out.flush();
              });
      System.out.println(end == CompletionEnd.LENGTH ? " (cut; --max-new-tokens allows more)" : "");
    } catch (PromptException e) {
      System.out.println("(" + e.getMessage() + "; /reset starts again)");
    }
  }
}
