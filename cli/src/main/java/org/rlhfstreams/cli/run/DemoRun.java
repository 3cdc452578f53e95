package org.rlhfstreams.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.report.ReportPage;
import org.rlhfstreams.cli.report.RunHistory;
import org.rlhfstreams.cli.report.RunSummary;
import org.rlhfstreams.cli.report.StepFigures;
import org.rlhfstreams.cli.report.StoryPair;
import org.rlhfstreams.cli.terminal.TextBlock;
import org.rlhfstreams.cli.terminal.TrainingProgress;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** The starter model learns by PPO to continue stories cheerfully, and the run is told. */
public final class DemoRun {
  private static final int INTERRUPTED = 130;

  private final ConfigurationOptions options;
  private final Path output;

  /**
   * @param output of the run
   */
  public DemoRun(ConfigurationOptions options, Path output) {
    this.options = options;
    this.output = output;
  }

  /** Runs it; the exit code. */
  public int run() throws Exception {
    RunDirectory run = new RunDirectory(output);
    Overrides settings = DemoSettings.of(run);
    RlhfConfiguration configuration = options.load(settings);
    if (options.printOnly()) {
      System.out.print(configuration.printed());
      return 0;
    }
    run.requireUsable();
    EveryRole.require(configuration);
    RunOrigin.require(run, configuration);
    long started = System.nanoTime();
    System.out.println(
        "A story model learns from a reward model to be cheerful: prompts, rollouts,");
    System.out.println("scores and weights are records in a Kafka log in " + output + ".");
    try (Interruption interruption = new Interruption()) {
      LocalStack stack = LocalStack.ofDemo(options, settings, run);
      try (stack) {
        stack.start(new TrainingProgress());
        RoleRun.await(stack.ended(), interruption);
        if (!interruption.getAsBoolean()) {
          Path model = run.model();
          stack.learner().run().export(model, TensorType.BF16);
          tell(
              configuration,
              new RunHistory(stack.connection()).steps(configuration.learner().objective().text()),
              model);
        }
      }
      if (interruption.getAsBoolean()) {
        System.out.println(
            "interrupted " + stack.stopped() + "; --output " + output + " continues");
        return INTERRUPTED;
      }
      System.out.printf("%d s in all%n", (System.nanoTime() - started) / 1_000_000_000);
      return 0;
    }
  }

  private void tell(RlhfConfiguration configuration, List<StepFigures> steps, Path model)
      throws IOException {
    List<String> openings = HeldOutOpenings.shown();
    int tokens = configuration.sampling().maxNewTokens();
    List<String> before =
        StoryTeller.tell(configuration.model().requiredPolicy(), openings, tokens);
    List<String> after = StoryTeller.tell(model, openings, tokens);
    List<StoryPair> stories = new ArrayList<>();
    for (int i = 0; i < openings.size(); i++) {
      stories.add(new StoryPair(openings.get(i), before.get(i), after.get(i)));
    }
    for (StoryPair story : stories.subList(0, Math.min(3, stories.size()))) {
      System.out.println();
      System.out.print(TextBlock.of("", story.prompt()));
      System.out.print(TextBlock.of("  before  ", story.before()));
      System.out.print(TextBlock.of("  after   ", story.after()));
    }
    RunSummary summary = RunSummary.of(steps);
    System.out.println();
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
        output.resolve("report.html"), steps, summary, stories, configuration.printed());
    Files.writeString(
        output.resolve("summary.json"),
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(summary));
    System.out.println("report " + output.resolve("report.html") + ", model " + model);
  }
}
