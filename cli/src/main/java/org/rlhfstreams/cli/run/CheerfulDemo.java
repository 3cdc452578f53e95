package org.rlhfstreams.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rlhfstreams.cli.report.ReportPage;
import org.rlhfstreams.cli.report.RunSummary;
import org.rlhfstreams.cli.report.StepFigures;
import org.rlhfstreams.cli.report.StoryPair;
import org.rlhfstreams.learner.validation.VersionEvaluations.Outcome;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** The starter model learns by PPO, from a reward model, to continue stories cheerfully. */
final class CheerfulDemo implements Demo {
  @Override
  public Overrides settings(RunDirectory run) {
    return DemoSettings.of(run);
  }

  @Override
  public List<String> introduction(Path output) {
    return List.of(
        "A story model learns from a reward model to be cheerful: prompts, rollouts,",
        "scores and weights are records in a Kafka log in " + output + ".");
  }

  @Override
  public PromptImport.Source prompts() {
    return HeldOutOpenings.prompts()::forEach;
  }

  @Override
  public List<String> shown() {
    return HeldOutOpenings.shown();
  }

  @Override
  public void tell(
      RlhfConfiguration configuration,
      List<StepFigures> steps,
      List<Outcome> evaluations,
      List<StoryPair> stories,
      Path output)
      throws IOException {
    RunSummary summary = RunSummary.of(steps);
    System.out.printf(
        "reward        %6.2f -> %6.2f   (%+.1f standard deviations)%n",
        summary.rewardBefore(), summary.rewardAfter(), summary.rewardRise());
    System.out.printf(
        "cheerfulness  %6.2f -> %6.2f   per hundred words%n",
        summary.cheerfulnessBefore(), summary.cheerfulnessAfter());
    System.out.printf(
        "distinct-2    %6.2f -> %6.2f%n", summary.distinctTwoBefore(), summary.distinctTwoAfter());
    System.out.printf("KL to the reference %.1f nats a response%n", summary.klAfter());
    ReportPage.write(
        output.resolve("report.html"),
        steps,
        evaluations,
        summary,
        List.of(),
        stories,
        configuration.printed());
    Files.writeString(
        output.resolve("summary.json"),
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(summary));
  }
}
