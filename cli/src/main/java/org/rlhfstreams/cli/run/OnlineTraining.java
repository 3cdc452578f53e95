package org.rlhfstreams.cli.run;

import java.util.Optional;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OnlineOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.terminal.RunTerminal;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * The whole loop over a file of prompts, to an end: a log of the run's own in {@code OUTPUT/log},
 * all roles in this process, a model at last. Started again on the same output, it continues.
 */
public final class OnlineTraining {
  private static final int INTERRUPTED = 130;
  private static final int USUAL_SAMPLES = 8;

  private final ConfigurationOptions options;
  private final Overrides settings;
  private final OnlineOptions prompts;
  private final TerminalOptions shown;
  private final RunDirectory run;

  public OnlineTraining(
      ConfigurationOptions options,
      OnlineOptions prompts,
      TerminalOptions shown,
      TrainingObjective objective) {
    this.options = options;
    this.shown = shown;
    this.prompts = prompts;
    this.run = new RunDirectory(prompts.output());
    this.settings =
        defaults(objective)
            .and(prompts.overrides(objective))
            .decide(run.ofLearner())
            .decide(run.ofOtherRoles());
  }

  /** What it sets in place of the configuration's defaults. */
  public static Overrides defaults(TrainingObjective objective) {
    return objective.comparesSamples()
        ? Overrides.NONE.suggest("sampling.samples", USUAL_SAMPLES)
        : Overrides.NONE;
  }

  /** Trains and saves the model; the exit code. */
  public int run() throws Exception {
    RlhfConfiguration configuration = options.load(settings);
    if (options.printOnly()) {
      System.out.print(configuration.printed());
      return 0;
    }
    try (RunTerminal terminal = shown.open(run.path())) {
      return run(configuration, terminal);
    }
  }

  private int run(RlhfConfiguration configuration, RunTerminal terminal) throws Exception {
    if (configuration.learner().maxSteps() == 0) {
      throw new ConfigurationException("a training on prompts needs an end: give --max-steps");
    }
    Optional<PromptDataset> data =
        prompts.data().map(files -> files.requiring(configuration.admission().metadata()));
    if (data.isEmpty()) {
      RunData.requireBegun(run);
    }
    Optional<PromptDataset> heldOut = prompts.heldOut(configuration);
    if (heldOut.isEmpty() && run.isNew() && configuration.learner().evaluateEvery() > 0) {
      throw new ConfigurationException(
          "learner.evaluate-every = "
              + configuration.learner().evaluateEvery()
              + " needs prompts that are not learned from: give --evaluation-prompts FILE");
    }
    run.requireUsable();
    EveryRole.require(configuration);
    if (data.isPresent() && run.isNew()) {
      RowReport.print(data.get().check(), prompts.strict());
    }
    heldOut.ifPresent(files -> RowReport.print(files.check(), prompts.strict()));
    RunOrigin.require(run, configuration);
    terminal.introduce(configuration);
    EngineNotice.print(configuration, terminal.notices());
    try (Interruption interruption = new Interruption()) {
      LocalStack stack = broker(terminal);
      try (stack) {
        terminal.during(
            "publishing prompts to " + run.log(),
            () -> {
              // First, so that the run's first weights are put to all of them.
              heldOut.ifPresent(
                  files -> PromptImport.publishHeldOut(stack.connection(), files::forEach));
              publish(stack.connection(), data);
            });
        stack.start(terminal);
        stack.pages().ifPresent(url -> System.out.println("pages at " + url));
        RoleRun.await(stack.ended(), interruption);
        if (!interruption.getAsBoolean()) {
          terminal.during(
              "saving " + run.model(),
              () -> stack.learner().run().export(run.model(), TensorType.F32));
          EvaluatedRun.saveBest(stack.learner().run(), run, TensorType.F32);
        }
      }
      if (interruption.getAsBoolean()) {
        System.out.println("stopped " + stack.stopped() + "; the same command continues");
        return INTERRUPTED;
      }
      System.out.println("saved " + run.model());
      run.report();
      return 0;
    }
  }

  private LocalStack broker(RunTerminal terminal) {
    return terminal.making(
        "starting the run's Kafka log",
        () -> new LocalStack(run.log(), 0, 0, address -> options.load(settings.decide(address))));
  }

  private void publish(KafkaConnection connection, Optional<PromptDataset> data) {
    if (data.isEmpty()) {
      return;
    }
    PromptDataset files = data.get();
    try (PromptImport opened = PromptImport.open(connection, KnownRows.Key.CONTENT)) {
      new RunData(run, opened.known())
          .require(
              files.name(), rows -> files.forEach(prompt -> rows.accept(prompt.getPromptId())));
      if (run.isNew()) {
        opened.run(files::forEach);
      }
    }
  }
}
