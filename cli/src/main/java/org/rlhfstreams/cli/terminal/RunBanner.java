package org.rlhfstreams.cli.terminal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.ModelConfiguration;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.objective.AuxiliaryModel;
import org.rlhfstreams.service.objective.TrainingObjective;

/** A run in a few lines: objective, models, type, rate, batch, output. */
final class RunBanner {
  private RunBanner() {}

  /**
   * The lines.
   *
   * @param log of the run
   */
  static List<String> lines(RlhfConfiguration configuration, Path log) {
    LearnerConfiguration learner = configuration.learner();
    TrainingObjective objective = learner.objective();
    List<String> lines = new ArrayList<>();
    lines.add(TextBlock.of(objective.text() + ": ", objective.help()).stripTrailing());
    add(lines, "model", models(configuration.model(), objective));
    if (objective.learnsFromRollouts()) {
      rewards(configuration).ifPresent(text -> add(lines, "rewards", text));
    }
    add(
        lines,
        "compute",
        "dtype "
            + value(configuration, "model.dtype")
            + ", device "
            + value(configuration, "model.device"));
    add(lines, "step", step(configuration));
    if (configuration.lora().enabled()) {
      add(lines, "LoRA", "rank " + configuration.lora().rank());
    }
    add(lines, "output", learner.output() + ", log in " + log);
    return lines;
  }

  private static void add(List<String> lines, String name, String text) {
    lines.add(TextBlock.of(String.format(Locale.ROOT, "  %-8s ", name), text).stripTrailing());
  }

  private static String models(ModelConfiguration model, TrainingObjective objective) {
    String trained = near(model.required(objective.trains()));
    Optional<String> reference =
        objective.needs(AuxiliaryModel.REFERENCE) || objective.needs(AuxiliaryModel.TEACHER)
            ? model.reference().map(RunBanner::near)
            : Optional.empty();
    return trained + reference.map(path -> ", reference " + path).orElse("");
  }

  /** Empty if nothing rewards, as where a teacher is learned from. */
  private static Optional<String> rewards(RlhfConfiguration configuration) {
    List<RewardConfiguration> rewards = configuration.effectiveRewards().all();
    if (rewards.isEmpty()) {
      return Optional.empty();
    }
    return configuration.rewards().list().isEmpty()
        ? configuration.model().reward().map(RunBanner::near)
        : Optional.of(
            rewards.stream()
                .map(
                    reward -> String.format(Locale.ROOT, "%s × %s", reward.name(), reward.weight()))
                .collect(Collectors.joining(", ")));
  }

  private static String step(RlhfConfiguration configuration) {
    LearnerConfiguration learner = configuration.learner();
    TrainingObjective objective = learner.objective();
    String batch = String.format(Locale.ROOT, "%,d examples", learner.batchSize());
    if (objective.comparesSamples()) {
      batch +=
          String.format(Locale.ROOT, " (%d of each prompt)", configuration.sampling().samples());
    }
    String end =
        learner.maxSteps() > 0
            ? String.format(Locale.ROOT, "%,d steps", learner.maxSteps())
            : learner.epochsOrDefault() == 1
                ? "1 epoch"
                : String.format(Locale.ROOT, "%,d epochs", learner.epochsOrDefault());
    return String.format(
        Locale.ROOT,
        "%s, learning rate %s %s, %s",
        batch,
        value(configuration, "learner.learning-rate").replace(".0E", "E").replace('E', 'e'),
        value(configuration, "learner.schedule"),
        objective.learnsFromRollouts() && learner.maxSteps() == 0 ? "no end" : end);
  }

  private static String value(RlhfConfiguration configuration, String key) {
    return configuration.values().get(key);
  }

  /** A path below this directory is shown from here. */
  private static String near(Path path) {
    Path here = Path.of("").toAbsolutePath();
    Path whole = path.toAbsolutePath().normalize();
    return whole.startsWith(here) ? here.relativize(whole).toString() : path.toString();
  }
}
