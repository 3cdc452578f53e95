package org.rlhfstreams.cli.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.options.HeldOutOptions;
import org.rlhfstreams.cli.options.TerminalOptions;
import org.rlhfstreams.cli.terminal.RunTerminal;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** The whole system in this process, over a log that stays. */
public final class UpRun {
  private static final int INTERRUPTED = 130;

  private final ConfigurationOptions options;
  private final TerminalOptions shown;
  private final Path data;
  private final int port;
  private final int registryPort;
  private final Optional<PromptDataset> prompts;
  private final HeldOutOptions heldOut;

  public UpRun(
      ConfigurationOptions options,
      TerminalOptions shown,
      Path data,
      int port,
      int registryPort,
      Optional<PromptDataset> prompts,
      HeldOutOptions heldOut) {
    this.options = options;
    this.shown = shown;
    this.data = data;
    this.port = port;
    this.registryPort = registryPort;
    this.prompts = prompts;
    this.heldOut = heldOut;
  }

  /** Runs until the steps end or the process is interrupted; the exit code. */
  public int run() throws Exception {
    RunDirectory run = new RunDirectory(data);
    Overrides settings =
        defaults()
            .suggest(run.ofLearner())
            .suggest(run.ofOtherRoles())
            .suggest("learner.output", data.resolve("output"));
    RlhfConfiguration configuration = options.load(settings);
    if (options.printOnly()) {
      System.out.print(configuration.printed());
      return 0;
    }
    try (RunTerminal terminal = shown.open(data)) {
      return run(configuration, settings, run, terminal);
    }
  }

  private int run(
      RlhfConfiguration configuration, Overrides settings, RunDirectory run, RunTerminal terminal)
      throws Exception {
    run.requireUsable();
    EveryRole.require(configuration);
    boolean isNew = run.isNew();
    Optional<PromptDataset> files =
        prompts.map(all -> all.requiring(configuration.admission().metadata()));
    files.ifPresent(all -> RowReport.print(all.check(), false));
    Optional<PromptDataset> evaluation = heldOut.prompts(configuration);
    evaluation.ifPresent(all -> RowReport.print(all.check(), false));
    RunOrigin.require(run, configuration, brought(run));
    terminal.introduce(configuration);
    try (Interruption interruption = new Interruption()) {
      LocalStack stack = broker(settings, run, terminal);
      try (stack) {
        evaluation.ifPresent(all -> PromptImport.publishHeldOut(stack.connection(), all::forEach));
        publish(stack.connection(), isNew, files);
        System.out.printf(
            "up: broker %s, registry %s, %s in %s%n",
            stack.connection().configuration().connection().bootstrapServers(),
            stack.connection().configuration().connection().schemaRegistryUrl(),
            isNew ? "a new run" : "going on",
            data);
        stack.start(terminal);
        System.out.printf(
            "up: completions at http://%s:%d/v1%n",
            stack.completions().host(), stack.completions().port());
        stack.pages().ifPresent(url -> System.out.println("up: pages at " + url));
        RoleRun.await(stack.ended(), interruption);
      }
      System.out.println("up: closed " + stack.stopped() + "; rlhf up continues");
      return interruption.getAsBoolean() ? INTERRUPTED : 0;
    }
  }

  private LocalStack broker(Overrides settings, RunDirectory run, RunTerminal terminal) {
    return terminal.making(
        "up: starting the Kafka log",
        () ->
            new LocalStack(
                run.log(), port, registryPort, address -> options.load(settings.decide(address))));
  }

  /** What it sets in place of the configuration's defaults, wherever its data are. */
  public static Overrides defaults() {
    return Overrides.NONE
        .suggest("model.policy", Home.starter())
        .suggest("model.reward", Home.starterReward());
  }

  private Optional<RunPrompts> brought(RunDirectory run) {
    return prompts.isEmpty() && !Files.exists(run.log())
        ? Optional.of(RunPrompts.ofOpenings())
        : prompts.map(RunPrompts::of);
  }

  private static void publish(
      KafkaConnection connection, boolean isNew, Optional<PromptDataset> prompts) {
    if (prompts.isEmpty() && !isNew) {
      return;
    }
    try (PromptImport opened = PromptImport.open(connection, KnownRows.Key.CONTENT)) {
      if (prompts.isPresent()) {
        String topic = connection.topics().prompts().name();
        ImportCounts counts = opened.run(prompts.get()::forEach);
        System.out.println("up: " + counts.text("prompts of " + prompts.get().name(), topic));
      } else if (opened.known().count() == 0) {
        opened.run(HeldOutOpenings.prompts()::forEach);
      }
    }
  }
}
