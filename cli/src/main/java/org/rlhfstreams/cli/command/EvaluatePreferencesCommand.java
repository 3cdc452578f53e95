package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.PrecisionOptions;
import org.rlhfstreams.cli.options.ResultOptions;
import org.rlhfstreams.cli.options.RowOptions;
import org.rlhfstreams.evaluation.PreferenceEvaluation;
import org.rlhfstreams.evaluation.result.PreferenceResult;
import org.rlhfstreams.evaluation.result.ResultFiles;
import org.rlhfstreams.model.files.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How often a model prefers what people preferred. */
@Command(
    name = "preferences",
    mixinStandardHelpOptions = true,
    description =
        "Accuracy on pairs: of a reward model's scores, of a policy's implicit reward with"
            + " --reference-model, or of its log-probability without.")
public final class EvaluatePreferencesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A reward model or a policy; its config.json says which.")
  private Path model;

  @Option(names = "--reward", description = "Refuse --model where it is not a reward model.")
  private boolean reward;

  @Option(
      names = "--reference-model",
      paramLabel = "DIR",
      description = "What a policy was held to.")
  private Path reference;

  @Option(
      names = "--beta",
      defaultValue = "0.1",
      paramLabel = "X",
      description = "Scale of the implicit reward.")
  private double beta;

  @Mixin private RowOptions rows;
  @Mixin private PrecisionOptions precision;
  @Mixin private ResultOptions results;

  @Override
  public Integer call() {
    ResultFiles files = results.files();
    if (!(beta > 0 && beta < Double.POSITIVE_INFINITY)) {
      throw new ParameterException(
          spec.commandLine(), "--beta = " + beta + ": expected a number above 0");
    }
    PreferenceEvaluation evaluation = new PreferenceEvaluation(rows.rows(), precision.precision());
    boolean scores = reward || ModelDirectory.readConfiguration(model).classifier();
    if (scores && reference != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--reference-model goes with a policy: a reward model scores without one");
    }
    PreferenceResult result =
        scores
            ? evaluation.ofRewardModel(model)
            : evaluation.ofPolicy(model, Optional.ofNullable(reference), beta);
    files.write(result);
    return 0;
  }
}
