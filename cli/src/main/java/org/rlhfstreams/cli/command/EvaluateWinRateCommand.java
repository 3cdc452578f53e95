package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.PrecisionOptions;
import org.rlhfstreams.cli.options.PromptOptions;
import org.rlhfstreams.cli.options.ResultOptions;
import org.rlhfstreams.evaluation.CheerfulJudge;
import org.rlhfstreams.evaluation.Judge;
import org.rlhfstreams.evaluation.PromptSet;
import org.rlhfstreams.evaluation.RewardJudge;
import org.rlhfstreams.evaluation.WinRateEvaluation;
import org.rlhfstreams.evaluation.result.ResultFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How often a model is preferred to a baseline. */
@Command(
    name = "win-rate",
    mixinStandardHelpOptions = true,
    description = "How often a model's responses are preferred to a baseline's, ties counted half.")
public final class EvaluateWinRateCommand implements Callable<Integer> {
  private enum JudgeName {
    REWARD,
    CHEERFUL
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Model to evaluate.")
  private Path model;

  @Option(
      names = "--baseline",
      required = true,
      paramLabel = "DIR",
      description = "Model to compare with.")
  private Path baseline;

  @Option(
      names = "--judge",
      defaultValue = "reward",
      paramLabel = "JUDGE",
      description = "reward: what --reward-model scores higher; cheerful: the synthetic annotator.")
  private JudgeName judge;

  @Option(
      names = "--reward-model",
      paramLabel = "DIR",
      description = "Judge: a sequence-classification directory with the models' tokenizer.")
  private Path rewardModel;

  @Mixin private PromptOptions prompts;
  @Mixin private PrecisionOptions precision;
  @Mixin private ResultOptions results;

  @Override
  public Integer call() {
    PromptSet measured = prompts.prompts();
    ResultFiles files = results.files();
    files.write(
        new WinRateEvaluation(measured, precision.precision(), judge(measured))
            .run(model, baseline));
    return 0;
  }

  private Judge judge(PromptSet measured) {
    if (judge == JudgeName.CHEERFUL) {
      return new CheerfulJudge(measured.sampling().settings().seed());
    }
    if (rewardModel == null) {
      throw new ParameterException(
          spec.commandLine(), "--judge reward needs --reward-model: name it, or --judge cheerful");
    }
    return new RewardJudge(rewardModel, precision.precision(), List.of(model, baseline));
  }
}
