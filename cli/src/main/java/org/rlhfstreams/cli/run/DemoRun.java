package org.rlhfstreams.cli.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.report.RunHistory;
import org.rlhfstreams.cli.report.StepFigures;
import org.rlhfstreams.cli.report.StoryPair;
import org.rlhfstreams.cli.terminal.RunTerminal;
import org.rlhfstreams.cli.terminal.TextBlock;
import org.rlhfstreams.learner.validation.VersionEvaluations.Outcome;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** The starter model learns over a log of its own, and the run is told. */
public final class DemoRun {
  private static final int INTERRUPTED = 130;
  private static final int PRINTED_STORIES = 3;

  private final ConfigurationOptions options;
  private final TerminalOptions shown;
  private final Path output;
  private final Demo demo;

  private DemoRun(ConfigurationOptions options, TerminalOptions shown, Path output, Demo demo) {
    this.options = options;
    this.shown = shown;
    this.output = output;
    this.demo = demo;
  }

  /**
   * The one in which stories become cheerful, by PPO and a reward model.
   *
   * @param output of the run
   */
  public static DemoRun cheerful(ConfigurationOptions options, TerminalOptions shown, Path output) {
    return new DemoRun(options, shown, output, new CheerfulDemo());
  }

  /**
   * The one in which stories come to have the animal that is asked for, by GRPO and rules.
   *
   * @param output of the run
   */
  public static DemoRun verifiable(
      ConfigurationOptions options, TerminalOptions shown, Path output) {
    return new DemoRun(options, shown, output, new VerifiableDemo());
  }

  /** Runs it; the exit code. */
  public int run() throws Exception {
    RunDirectory run = new RunDirectory(output);
    Overrides settings = demo.settings(run);
    RlhfConfiguration configuration = options.load(settings);
    if (options.printOnly()) {
      System.out.print(configuration.printed());
      return 0;
    }
    try (RunTerminal terminal = shown.open(output)) {
      return run(configuration, settings, run, terminal);
    }
  }

  private int run(
      RlhfConfiguration configuration, Overrides settings, RunDirectory run, RunTerminal terminal)
      throws Exception {
    run.requireUsable();
    EveryRole.require(configuration);
    RunOrigin.require(run, configuration);
    long started = System.nanoTime();
    demo.introduction(output).forEach(terminal.notices()::println);
    terminal.introduce(configuration);
    EngineNotice.print(configuration, terminal.notices());
    try (Interruption interruption = new Interruption()) {
      LocalStack stack = broker(settings, run, terminal);
      try (stack) {
        stack.start(terminal);
        RoleRun.await(stack.ended(), interruption);
        if (!interruption.getAsBoolean()) {
          Path model = run.model();
          terminal.during(
              "saving " + model, () -> stack.learner().run().export(model, TensorType.BF16));
          RunHistory history = new RunHistory(stack.connection());
          tell(
              configuration,
              history.steps(configuration.learner().objective().text()),
              history.evaluations(configuration),
              terminal.making(
                  "writing stories with the policy before and after",
                  () -> stories(configuration, model)),
              model);
          EvaluatedRun.saveBest(stack.learner().run(), run, TensorType.BF16);
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

  private LocalStack broker(Overrides settings, RunDirectory run, RunTerminal terminal) {
    return terminal.making(
        "starting the run's Kafka log",
        () -> LocalStack.ofDemo(options, settings, run, demo.prompts(), demo.heldOut()));
  }

  private void tell(
      RlhfConfiguration configuration,
      List<StepFigures> steps,
      List<Outcome> evaluations,
      List<StoryPair> stories,
      Path model)
      throws IOException {
    for (StoryPair story : stories.subList(0, Math.min(PRINTED_STORIES, stories.size()))) {
      System.out.println();
      System.out.print(TextBlock.of("", story.prompt()));
      System.out.print(TextBlock.of("  before  ", story.before()));
      System.out.print(TextBlock.of("  after   ", story.after()));
    }
    System.out.println();
    demo.tell(configuration, steps, evaluations, stories, output);
    System.out.println("report " + output.resolve("report.html") + ", model " + model);
  }

  private List<StoryPair> stories(RlhfConfiguration configuration, Path model) {
    List<String> openings = demo.shown();
    int tokens = configuration.sampling().maxNewTokens();
    List<String> before =
        StoryTeller.tell(configuration.model().requiredPolicy(), openings, tokens);
    List<String> after = StoryTeller.tell(model, openings, tokens);
    List<StoryPair> stories = new ArrayList<>();
    for (int i = 0; i < openings.size(); i++) {
      stories.add(new StoryPair(openings.get(i), before.get(i), after.get(i)));
    }
    return stories;
  }
}
