package org.rlhfstreams.cli.command;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.run.OnlineTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proximal policy optimisation over a file of prompts. */
@Command(
    name = "ppo",
    mixinStandardHelpOptions = true,
    description = "Proximal policy optimisation over prompts, with a reward model.")
public final class TrainPpoCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions options;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Policy to start from.")
  private Path model;

  @Option(
      names = "--reference-model",
      paramLabel = "DIR",
      description = "What the KL is measured against; the policy by default.")
  private Path reference;

  @Option(
      names = "--reward-model",
      required = true,
      paramLabel = "DIR",
      description = "Who scores.")
  private Path reward;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Prompts: JSONL with prompt strings, or text with a prompt a line; .gz too.")
  private Path data;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where model, metrics, checkpoints and log go.")
  private Path output;

  @Override
  public Integer call() throws Exception {
    Map<String, String> decided = new HashMap<>();
    decided.put("learner.objective", "ppo");
    decided.put("model.policy", model.toString());
    decided.put("model.reward", reward.toString());
    if (reference != null) {
      decided.put("model.reference", reference.toString());
    }
    return new OnlineTraining(options, decided, data, output).run();
  }
}
