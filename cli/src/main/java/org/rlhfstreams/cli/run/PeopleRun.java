package org.rlhfstreams.cli.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.cli.annotator.HttpAnnotator;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.terminal.RunTerminal;
import org.rlhfstreams.evaluation.annotator.AnimalAnnotator;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;

/**
 * The demo with people in it: they judge what the policy writes while it learns, the reward model
 * learns from their judgements, and the policy from the reward model. For those who only watch, a
 * program judges too.
 */
public final class PeopleRun {
  private static final int INTERRUPTED = 130;
  private static final Duration BETWEEN_JUDGEMENTS = Duration.ofMillis(500);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final ConfigurationOptions options;
  private final TerminalOptions shown;
  private final Path output;
  private final boolean scripted;

  /**
   * @param output of the run
   * @param scripted whether a program judges, as someone who likes animals
   */
  public PeopleRun(
      ConfigurationOptions options, TerminalOptions shown, Path output, boolean scripted) {
    this.options = options;
    this.shown = shown;
    this.output = output;
    this.scripted = scripted;
  }

  /** Runs until the steps end or the process is interrupted; the exit code. */
  public int run() throws Exception {
    RunDirectory run = new RunDirectory(output);
    Overrides settings = DemoSettings.withPeople(run);
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
    Overrides rewardLearner = settings.and(DemoSettings.rewardLearner(run));
    run.requireUsable();
    EveryRole.require(configuration);
    LearnerRun.require(options.load(rewardLearner));
    RunOrigin.require(run, configuration);
    terminal
        .notices()
        .println("A story model learns from people while they judge what it writes; every");
    terminal
        .notices()
        .println("judgement, score and version of the weights is a record in " + output + ".");
    terminal.introduce(configuration);
    try (Interruption interruption = new Interruption()) {
      LocalStack stack =
          LocalStack.ofDemo(
              options,
              settings,
              run,
              HeldOutOpenings.prompts()::forEach,
              new CheerfulDemo().heldOut());
      try (stack;
          ShutdownSequence beside = new ShutdownSequence()) {
        stack.start(terminal);
        stack.startBeside(options.load(rewardLearner.decide(stack.address())));
        String pages = stack.pages().orElseThrow();
        System.out.println(
            "broker %s, registry %s"
                .formatted(
                    stack.connection().configuration().connection().bootstrapServers(),
                    stack.connection().configuration().connection().schemaRegistryUrl()));
        System.out.println("judge at " + pages + "/annotate, watch at " + pages + "/dashboard");
        CompletableFuture<Void> ended = stack.ended();
        if (scripted) {
          System.out.println(
              "a program that likes animals judges too (--no-annotator leaves it out)");
          ServiceThread annotator =
              beside.add(
                  ServiceThread.start(
                      "annotator", ShutdownBudget.FOLLOWER, stopped -> annotate(pages, stopped)));
          ended = CompletableFuture.anyOf(ended, annotator.ended()).thenApply(any -> null);
        }
        RoleRun.await(ended, interruption);
      }
      System.out.println("closed " + stack.stopped() + "; --output " + output + " continues");
      return interruption.getAsBoolean() ? INTERRUPTED : 0;
    }
  }

  private static void annotate(String pages, BooleanSupplier stopped) {
    HttpAnnotator annotator = new HttpAnnotator(pages, "animal-annotator", new AnimalAnnotator());
    while (!stopped.getAsBoolean()) {
      Pause.of(annotator.answerOne().isPresent() ? BETWEEN_JUDGEMENTS : BETWEEN_LOOKS);
    }
  }
}
