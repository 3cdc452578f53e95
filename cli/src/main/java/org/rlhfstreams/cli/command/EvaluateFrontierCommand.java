package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.PrecisionOptions;
import org.rlhfstreams.cli.options.PromptOptions;
import org.rlhfstreams.cli.options.ResultOptions;
import org.rlhfstreams.evaluation.FrontierEvaluation;
import org.rlhfstreams.evaluation.PromptSet;
import org.rlhfstreams.evaluation.result.ResultFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What reward was bought with what distance from the reference. */
@Command(
    name = "frontier",
    mixinStandardHelpOptions = true,
    description = "Reward of models' responses against their KL to a reference.")
public final class EvaluateFrontierCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "DIR",
      description = "What distance is measured from.")
  private Path reference;

  @Option(
      names = "--reward-model",
      required = true,
      paramLabel = "DIR",
      description = "What scores, of the models' own tokenizer.")
  private Path rewardModel;

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Models, checkpoints, or outputs of runs, with all their checkpoints.")
  private List<Path> models;

  @Mixin private PromptOptions prompts;
  @Mixin private PrecisionOptions precision;
  @Mixin private ResultOptions results;

  @Override
  public Integer call() {
    PromptSet measured = prompts.prompts();
    if (measured.sampling().settings().temperature() == 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--temperature 0 always takes the likeliest token, and then there is no KL: make it"
              + " above 0");
    }
    ResultFiles files = results.files();
    files.write(
        new FrontierEvaluation(measured, precision.precision())
            .run(reference, rewardModel, models));
    return 0;
  }
}
