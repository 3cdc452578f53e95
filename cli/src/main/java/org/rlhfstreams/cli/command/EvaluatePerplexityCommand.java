package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.PrecisionOptions;
import org.rlhfstreams.cli.options.ResultOptions;
import org.rlhfstreams.cli.options.RowOptions;
import org.rlhfstreams.evaluation.PerplexityEvaluation;
import org.rlhfstreams.evaluation.result.ResultFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How well a model predicts texts. */
@Command(
    name = "perplexity",
    mixinStandardHelpOptions = true,
    description = "How well a model predicts texts, or completions after their prompts.")
public final class EvaluatePerplexityCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face directory of a language model.")
  private Path model;

  @Mixin private RowOptions rows;
  @Mixin private PrecisionOptions precision;
  @Mixin private ResultOptions results;

  @Override
  public Integer call() {
    ResultFiles files = results.files();
    files.write(new PerplexityEvaluation(rows.rows(), precision.precision()).run(model));
    return 0;
  }
}
