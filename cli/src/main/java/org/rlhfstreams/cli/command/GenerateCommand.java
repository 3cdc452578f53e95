package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.options.ModelOptions;
import org.rlhfstreams.cli.options.SamplingOptions;
import org.rlhfstreams.cli.run.FileCompletion;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.InputRows;
import org.rlhfstreams.datasets.JsonLineWriter;
import org.rlhfstreams.evaluation.ResponseSampling;
import org.rlhfstreams.model.completion.CompletionListener;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.completion.CompletionRequest;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.completion.PromptException;
import org.rlhfstreams.model.completion.TextGenerator;
import org.rlhfstreams.model.text.ChatMessage;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Continues a prompt, or those of a file. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Continues a prompt, or the prompts of a file, with a model.")
public final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ModelOptions model;
  @Mixin private SamplingOptions sampling;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Source source;

  static final class Source {
    @Option(names = "--prompt", paramLabel = "TEXT", description = "To continue, on the terminal.")
    private String prompt;

    @Option(
        names = "--data",
        paramLabel = "FILE",
        description = "To continue: rows with prompt, messages or ids. " + DataPaths.KINDS_HELP)
    private Path data;
  }

  @Option(
      names = "--chat",
      description = "A prompt is a user's message, and the model's chat template is around it.")
  private boolean chat;

  @Option(names = "--stream", description = "Print the text of --prompt as it is written.")
  private boolean stream;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "JSONL, .gz too, for the results of --data; by default standard output.")
  private Path output;

  @Option(
      names = "--batch-size",
      defaultValue = "32",
      paramLabel = "N",
      description = "Lines of --data continued side by side.")
  private int batchSize;

  @Override
  public Integer call() {
    if (source.data == null && output != null) {
      throw misused("--output goes with --data: redirect what --prompt prints");
    }
    if (source.data != null && stream) {
      throw misused("--stream goes with --prompt: --data writes each line when it is finished");
    }
    if (batchSize < 1) {
      throw misused("--batch-size = " + batchSize + ": expected 1 or more");
    }
    ResponseSampling drawn = sampling.sampling();
    if (source.data == null) {
      try (LanguageModel opened = model.open()) {
        write(opened, drawn);
      }
      return 0;
    }
    new InputRows(source.data).requirePresent();
    try (JsonLineWriter writer = JsonLineWriter.open(Optional.ofNullable(output), source.data);
        LanguageModel opened = model.open()) {
      new FileCompletion(opened, drawn, chat, batchSize, writer).run(source.data);
    }
    return 0;
  }

  private ParameterException misused(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  private void write(LanguageModel opened, ResponseSampling drawn) {
    CompletionPrompt prompt =
        chat
            ? CompletionPrompt.of(List.of(ChatMessage.of("user", source.prompt)))
            : CompletionPrompt.of(source.prompt);
    CompletionListener listener = stream ? piece -> show(piece.text()) : CompletionListener.NONE;
    String shown = chat ? "" : source.prompt;
    try (TextGenerator generator = opened.textGenerator(1)) {
      generator.submit(
          new CompletionRequest("prompt", prompt, drawn.at(0), drawn.stop(), listener));
      if (stream) {
        show(shown);
        generator.drain(completion -> System.out.println());
      } else {
        generator.drain(completion -> System.out.println(shown + completion.text()));
      }
    } catch (PromptException e) {
      throw new CommandException(e.getMessage(), e);
    }
  }

  private static void show(String text) {
    System.out.print(text);
    System.out.flush();
  }
}
