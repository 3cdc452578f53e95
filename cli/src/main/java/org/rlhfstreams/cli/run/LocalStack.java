package org.rlhfstreams.cli.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.rlhfstreams.cli.options.ConfigurationOptions;
import org.rlhfstreams.cli.status.WaitNotice;
import org.rlhfstreams.cli.terminal.RunTerminal;
import org.rlhfstreams.controller.ControllerService;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.learner.LearnerService;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.people.PeopleService;
import org.rlhfstreams.reward.RewardService;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.worker.EvaluationWorker;
import org.rlhfstreams.worker.RolloutWorker;

/** Broker, registry and all roles in this JVM. */
final class LocalStack implements AutoCloseable {
  private final ShutdownSequence opened = new ShutdownSequence();
  private final Map<String, String> address;
  private final KafkaConnection connection;
  private RolloutWorker worker;
  private Optional<EvaluationWorker> evaluationWorker = Optional.empty();
  private ControllerService controller;
  private RewardService rewardService;
  private Optional<PeopleService> people = Optional.empty();
  private LearnerService learner;
  private Optional<LearnerService> beside = Optional.empty();

  /**
   * Starts broker and registry.
   *
   * @param data the log; continued where it exists
   * @param port of the broker; 0 takes a free one
   * @param registryPort 0 takes a free one
   * @param configure from the keys of their addresses to the whole configuration
   */
  LocalStack(
      Path data,
      int port,
      int registryPort,
      Function<Map<String, String>, RlhfConfiguration> configure) {
    try {
      EmbeddedStack stack = opened.add(EmbeddedStack.start(data, port, registryPort));
      this.address = Cluster.address(stack);
      this.connection = Cluster.connect(configure.apply(address), Role.SETUP, message -> {});
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * The stack of a demo; publishes its prompts if the run is new.
   *
   * @param settings of the demo
   * @param prompts of the demo
   * @param heldOut those that it is evaluated on, if it is
   */
  static LocalStack ofDemo(
      ConfigurationOptions options,
      Overrides settings,
      RunDirectory run,
      PromptImport.Source prompts,
      PromptImport.Source heldOut) {
    boolean isNew = run.isNew();
    LocalStack stack =
        new LocalStack(run.log(), 0, 0, address -> options.load(settings.decide(address)));
    try {
      if (isEvaluated(stack.connection.configuration())) {
        // First, so that the run's first weights are put to all of them.
        PromptImport.publishHeldOut(stack.connection(), heldOut);
      }
      if (isNew) {
        PromptImport.publish(stack.connection(), prompts);
      }
      return stack;
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  /** Where broker and registry are, by configuration key. */
  Map<String, String> address() {
    return address;
  }

  /** The way to the log. */
  KafkaConnection connection() {
    return connection;
  }

  /** Starts the roles; that of people if {@code people.enabled}. */
  void start(RunTerminal terminal) {
    StepListener listener = terminal.progress(connection.configuration());
    WaitNotice notice = opened.add(WaitNotice.start(connection, listener, terminal.notices()));
    terminal.during("loading models", () -> startRoles(notice));
  }

  private void startRoles(WaitNotice notice) {
    learner = opened.add(LearnerService.start(connection, notice));
    controller = opened.add(ControllerService.start(connection));
    if (connection.configuration().people().enabled()) {
      people = Optional.of(opened.add(PeopleService.start(connection)));
    }
    rewardService = opened.add(RewardService.start(connection));
    worker = opened.add(RolloutWorker.start(connection));
    if (isEvaluated(connection.configuration())) {
      evaluationWorker = Optional.of(opened.add(EvaluationWorker.startBeside(connection)));
    }
  }

  /** Whether versions of the policy are put to held-out prompts while it learns. */
  static boolean isEvaluated(RlhfConfiguration configuration) {
    return configuration.learner().evaluateEvery() > 0
        && configuration.learner().objective().learnsFromRollouts();
  }

  /** Starts a second learner, on the same log. */
  void startBeside(RlhfConfiguration configuration) {
    beside =
        Optional.of(
            opened.add(LearnerService.start(new KafkaConnection(configuration), report -> {})));
  }

  /** Where a browser finds the pages, if they are served. */
  Optional<String> pages() {
    return people.map(PeopleService::url);
  }

  /** Where completions of the newest policy can be asked for. */
  OperationsEndpoint completions() {
    return worker.endpoint();
  }

  /** The learner, to save its model. */
  LearnerService learner() {
    return learner;
  }

  /** Completes when the learner's run ends, or any role fails. */
  CompletableFuture<Void> ended() {
    List<CompletableFuture<Void>> parts = new ArrayList<>();
    parts.add(learner.ended());
    parts.add(worker.ended());
    parts.add(rewardService.ended());
    parts.add(controller.ended());
    people.map(PeopleService::ended).ifPresent(parts::add);
    evaluationWorker.map(EvaluationWorker::ended).ifPresent(parts::add);
    beside.map(LearnerService::ended).ifPresent(parts::add);
    return CompletableFuture.anyOf(parts.toArray(CompletableFuture<?>[]::new))
        .thenApply(ended -> null);
  }

  /**
   * How the learners were stopped, for people; once this is closed. A step that takes longer than a
   * shutdown waits for leaves no checkpoint of itself.
   */
  String stopped() {
    boolean saved = hasEnded(learner) && beside.map(LocalStack::hasEnded).orElse(true);
    return saved
        ? "after a checkpoint"
        : "during a step; what was learned since the last checkpoint is learned again";
  }

  private static boolean hasEnded(LearnerService learner) {
    return learner.ended().isDone() && !learner.ended().isCompletedExceptionally();
  }

  @Override
  public void close() {
    opened.close();
  }
}
