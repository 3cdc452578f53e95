package org.rlhfstreams.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.OfflineOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.terminal.RunTerminal;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.datasets.DatasetSummary;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.LearnerRun;
import org.rlhfstreams.learner.assembly.LearnerMemory;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.validation.Validation;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.InitialValues;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * Training on files: they are published to a log of the run's own, in {@code OUTPUT/log}, and the
 * learner reads them there. Started again on the same output, it continues.
 */
public final class OfflineTraining {
  private final OfflineOptions options;
  private final ConfigurationOptions flags;
  private final Overrides settings;
  private final TerminalOptions shown;
  private final RunDirectory run;

  /**
   * @param overrides configuration that follows from the command
   */
  public OfflineTraining(
      OfflineOptions options,
      ConfigurationOptions flags,
      TerminalOptions shown,
      Overrides overrides) {
    this.options = options;
    this.shown = shown;
    this.flags = flags;
    this.run = new RunDirectory(options.output());
    this.settings = defaults().and(overrides).decide(run.ofLearner());
  }

  /** What it sets in place of the configuration's defaults, whatever the objective. */
  public static Overrides defaults() {
    return Overrides.NONE
        .decide("learner.checkpoint-every", 100)
        // A checkpoint in float32 is computed in float32: a user who wants it faster says so.
        .suggest("model.dtype", "stored");
  }

  /** Trains, evaluates and saves the model, the best one as well; the exit code. */
  public int run() {
    RlhfConfiguration configuration = flags.load(settings);
    if (flags.printOnly()) {
      System.out.print(configuration.printed());
      return 0;
    }
    try (RunTerminal terminal = shown.open(run.path())) {
      return run(configuration, terminal);
    }
  }

  private int run(RlhfConfiguration configuration, RunTerminal terminal) {
    if (configuration.range().isLive()) {
      throw new ConfigurationException(
          "range.until = never waits for records that nobody can send to a training's own log:"
              + " leave it out, or run rlhf learner on a cluster");
    }
    if (options.named().isEmpty()) {
      RunData.requireBegun(run);
    }
    options.validation();
    run.requireUsable();
    if (options.initialize()) {
      Tokenizer.open(options.model(), ModelDirectory.readConfiguration(options.model())).close();
      LearnerMemory.require(configuration, options.model());
    } else {
      LearnerRun.require(configuration);
    }
    terminal.during("reading " + options.named(), () -> check(configuration.learner()));
    ModelDirectory.recover(run.model());
    ModelDirectory.recover(best());
    if (options.initialize()) {
      initialize(configuration);
      LearnerRun.require(configuration);
    }
    RunOrigin.require(run, configuration);
    terminal.introduce(configuration);
    boolean begun = Files.exists(run.log());
    try {
      return train(terminal);
    } catch (ExplainedException e) {
      if (!begun && run.isNew()) {
        run.deleteLog(); // the next command would take its rows for its own
      }
      throw e;
    }
  }

  /** Rows that nobody can learn from are known before anything starts. */
  private void check(LearnerConfiguration learner) {
    if (run.isNew()) {
      DatasetSummary summary = options.data().check();
      RowReport.print(summary, options.strict());
      UsableRows.require(learner, summary);
    }
  }

  private int train(RunTerminal terminal) {
    try (Interruption interruption = new Interruption();
        EmbeddedStack stack = broker(terminal)) {
      KafkaConnection connection =
          new KafkaConnection(flags.load(settings.decide(Cluster.address(stack))));
      terminal.during("publishing rows to " + run.log(), () -> publish(connection));
      try (LearnerRun learner = learner(connection, terminal)) {
        if (!learner.run(interruption)) {
          System.out.println("stopped after a checkpoint; the same command continues");
          return 130;
        }
        terminal.during(
            "saving " + run.model(), () -> learner.export(run.model(), options.saveType()));
        System.out.println("saved " + run.model());
        reportValidation(learner);
        run.report();
      }
    }
    return 0;
  }

  private EmbeddedStack broker(RunTerminal terminal) {
    return terminal.making(
        "starting the run's Kafka log", () -> EmbeddedStack.start(run.log(), 0, 0));
  }

  private LearnerRun learner(KafkaConnection connection, RunTerminal terminal) {
    StepListener progress = terminal.progress(connection.configuration());
    List<Preference> heldOut = validation();
    return terminal.making("loading models", () -> LearnerRun.open(connection, progress, heldOut));
  }

  private void initialize(RlhfConfiguration configuration) {
    ModelDirectory.recover(options.startModel());
    if (Files.exists(options.startModel())) {
      return;
    }
    TransformerConfiguration architecture = ModelDirectory.readConfiguration(options.model());
    try {
      Files.createDirectories(options.output());
      ModelDirectory.save(
          options.startModel(),
          architecture,
          InitialValues.of(architecture, configuration.learner().seed()),
          TensorType.F32,
          options.model());
    } catch (IOException e) {
      throw new UncheckedIOException(options.output() + " cannot be made", e);
    }
  }

  private void publish(KafkaConnection connection) {
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    if (options.named().isEmpty()) {
      return;
    }
    KnownRows inLog = KnownRows.ofPreferences(connection, KnownRows.Key.CONTENT);
    new RunData(run, inLog)
        .require(
            options.named(),
            rows ->
                options
                    .data()
                    .forEach(preference -> rows.accept(preference.getPreferenceId()), bad -> {}));
    if (run.isNew()) {
      new PreferenceImport(connection).run(options.data(), inLog);
    }
  }

  private List<Preference> validation() {
    List<Preference> preferences = new ArrayList<>();
    options
        .validation()
        .ifPresent(
            data ->
                data.forEach(
                    preferences::add,
                    row -> System.out.println("validation leaves out " + row.described())));
    return preferences;
  }

  private void reportValidation(LearnerRun learner) {
    Validation<?> validation = learner.validation();
    new TreeMap<>(validation.figures())
        .forEach((name, value) -> System.out.println("validation " + name + figure(value)));
    if (validation.endsTheRun()) {
      System.out.printf(
          "ended early: %d evaluations without a better %s%n",
          validation.unimproved(), validation.metricName());
    }
    Path target = best();
    learner
        .exportBest(target, options.saveType())
        .ifPresent(
            best ->
                System.out.printf(
                    "saved %s: step %d, validation %s%s%n",
                    target, best.step(), validation.metricName(), figure(best.figure())));
  }

  private Path best() {
    return options.output().resolve("best");
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, " %.4f", value);
  }
}
