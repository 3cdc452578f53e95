package org.rlhfstreams.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlhfstreams.cli.report.ReportPage;
import org.rlhfstreams.cli.report.RunSummary;
import org.rlhfstreams.cli.report.ScoreChange;
import org.rlhfstreams.cli.report.StepFigures;
import org.rlhfstreams.cli.report.StoryPair;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.learner.validation.VersionEvaluations.Outcome;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/**
 * The starter model learns by GRPO to tell of the animal that a child in the prompt wants to see.
 * Rules score its stories: whether the animal occurs, and how little a story repeats itself. There
 * is no reward model.
 */
final class VerifiableDemo implements Demo {
  private static final String TRAIN = "animals-train.jsonl";
  private static final String HELD_OUT = "animals-valid.jsonl";
  private static final int SHOWN = 6;

  @Override
  public Overrides settings(RunDirectory run) {
    return DemoSettings.verifiable(run);
  }

  @Override
  public List<String> introduction(Path output) {
    return List.of(
        "A story model learns to tell of the animal that a child wants to see. Rules score it,",
        "no reward model; prompts, stories, scores and weights are records in a Kafka log in",
        output + ".");
  }

  @Override
  public PromptImport.Source prompts() {
    return prompts(TRAIN)::forEach;
  }

  @Override
  public List<String> shown() {
    List<String> shown = new ArrayList<>();
    prompts(HELD_OUT).forEach((Prompt prompt) -> shown.add(prompt.getText()));
    return shown.subList(0, Math.min(SHOWN, shown.size()));
  }

  @Override
  public PromptImport.Source heldOut() {
    return prompts(HELD_OUT).heldOut()::forEach;
  }

  private static PromptDataset prompts(String file) {
    return new PromptDataset(List.of(Home.data().resolve(file)), Map.of())
        .requiring(List.of(DemoSettings.ANIMAL));
  }

  @Override
  public void tell(
      RlhfConfiguration configuration,
      List<StepFigures> steps,
      List<Outcome> evaluations,
      List<StoryPair> stories,
      Path output)
      throws IOException {
    List<ScoreChange> changes = new ArrayList<>();
    for (RewardConfiguration reward : configuration.effectiveRewards().all()) {
      ScoreChange.of(reward.name(), steps)
          .ifPresent(
              change -> {
                changes.add(change);
                System.out.println(line(reward, change));
              });
    }
    RunSummary summary = RunSummary.of(steps);
    System.out.printf(Locale.ROOT, "KL to the reference %.1f nats a response%n", summary.klAfter());
    changes.stream()
        .filter(change -> change.name().equals(DemoSettings.RIGHT))
        .forEach(VerifiableDemo::printShare);
    ReportPage.write(
        output.resolve("report.html"),
        steps,
        evaluations,
        summary,
        changes,
        stories,
        configuration.printed());
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("steps", summary.steps());
    figures.put("scores", changes);
    figures.put("klAfter", summary.klAfter());
    figures.put("lengthAfter", summary.lengthAfter());
    figures.put("distinctTwoBefore", summary.distinctTwoBefore());
    figures.put("distinctTwoAfter", summary.distinctTwoAfter());
    Files.writeString(
        output.resolve("summary.json"),
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(figures));
  }

  private static String line(RewardConfiguration reward, ScoreChange change) {
    return String.format(
        Locale.ROOT,
        "%-12s  %6.2f -> %6.2f   %s",
        change.name(),
        change.firstFifth(),
        change.lastFifth(),
        reward.weight() == 0
            ? "watched only"
            : String.format(Locale.ROOT, "weight %s", String.valueOf(reward.weight())));
  }

  private static void printShare(ScoreChange change) {
    System.out.printf(
        Locale.ROOT,
        "share right, first fifth -> last fifth of the steps: %.2f -> %.2f (%.1f times)%n",
        change.firstFifth(),
        change.lastFifth(),
        change.lastFifth() / change.firstFifth());
  }
}
