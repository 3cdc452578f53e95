package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ModelOptions;
import org.rlhfstreams.cli.run.FileScoring;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.InputRows;
import org.rlhfstreams.datasets.JsonLineWriter;
import org.rlhfstreams.model.completion.LanguageModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How likely a model finds texts. */
@Command(
    name = "logprobs",
    mixinStandardHelpOptions = true,
    description = "Log-probabilities of the tokens of a file's lines under a model.")
public final class LogprobsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ModelOptions model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Rows with ids, or with prompt and response. " + DataPaths.KINDS_HELP)
  private Path data;

  @Option(names = "--output", required = true, paramLabel = "FILE", description = "JSONL, .gz too.")
  private Path output;

  @Option(
      names = "--batch-size",
      defaultValue = "64",
      paramLabel = "N",
      description = "Lines scored at once.")
  private int batchSize;

  @Override
  public Integer call() {
    if (batchSize < 1) {
      throw new ParameterException(
          spec.commandLine(), "--batch-size = " + batchSize + ": expected 1 or more");
    }
    new InputRows(data).requirePresent();
    try (JsonLineWriter writer = JsonLineWriter.open(Optional.of(output), data);
        LanguageModel opened = model.open();
        FileScoring scoring = new FileScoring(opened, batchSize, writer)) {
      scoring.run(data);
    }
    return 0;
  }
}
