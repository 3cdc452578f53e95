package org.rlhfstreams.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.GenerationLoad;
import org.rlhfstreams.model.memory.InferenceMemory;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.configuration.EngineKind;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.RolloutWorkerConfiguration;
import org.rlhfstreams.service.exchange.ContinuousLoop;
import org.rlhfstreams.service.exchange.GroupShare;
import org.rlhfstreams.service.http.FreePort;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.service.kafka.DeadLetters;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.metrics.QueueMeters;
import org.rlhfstreams.service.tracing.StageTracing;
import org.rlhfstreams.service.weights.WeightReader;
import org.rlhfstreams.service.weights.WireType;
import org.rlhfstreams.worker.completion.CompletionLimits;
import org.rlhfstreams.worker.completion.CompletionService;
import org.rlhfstreams.worker.openai.OpenAiRoutes;
import org.rlhfstreams.worker.policy.DecoderEngine;
import org.rlhfstreams.worker.remote.EngineBeside;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of the group that samples. Any number may run; each takes a share of the requests. */
public final class RolloutWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RolloutWorker.class);
  private static final String GROUP = GroupNames.ROLLOUT_WORKERS;
  private static final Duration WEIGHTS_PAUSE = Duration.ofMillis(20);

  private final GroupShare share = new GroupShare(GROUP);
  private final ShutdownSequence opened = new ShutdownSequence();
  private final WeightReader reader;
  private final Optional<EngineBeside> engine;
  private final ServiceThread thread;
  private final OperationsEndpoint endpoint;

  private RolloutWorker(KafkaConnection connection) {
    RlhfConfiguration configuration = connection.configuration();
    RolloutWorkerConfiguration settings = configuration.rolloutWorker();
    ComputeDevice.select(configuration.model().device());
    Path path = configuration.model().requiredPolicy();
    ModelDirectory model = ModelDirectory.open(path);
    ComputeType type = ComputeType.named(configuration.model().dtype().name(), model);
    PolicyFamily family = new PolicyFamily(model);
    Tokenizer tokenizer = opened.addNative(Tokenizer.open(path, model.configuration()));
    this.reader =
        opened.add(
            WeightReader.start(
                connection,
                connection.topics().policyWeights(),
                family,
                (version, reason) -> LOG.error("policy-weights: {}", reason)));
    CompletionService completions =
        opened.add(
            new CompletionService(
                model,
                type,
                tokenizer,
                new CompletionLimits(
                    settings.completionSlots(),
                    settings.completionQueue(),
                    "rollout-worker.completion-queue"),
                reader));
    this.endpoint =
        opened.add(
            OperationsEndpoint.start(
                configuration.operations().host(),
                settings.httpPort(),
                "rollout-worker.http-port",
                this::failure,
                this::unready,
                new OpenAiRoutes(model, tokenizer, completions)));
    this.engine =
        settings.engine() == EngineKind.DECODER
            ? Optional.empty()
            : Optional.of(
                opened.add(
                    EngineBeside.start(configuration, model, type, reader, endpoint.meters())));
    WorkerMeters meters = new WorkerMeters(endpoint.meters(), share, settings.slots());
    QueueMeters queue =
        new QueueMeters(endpoint.meters(), connection.topics().rolloutRequests().name());
    this.thread =
        opened.add(
            ServiceThread.start(
                "rollout-worker",
                ShutdownBudget.LOOP,
                stopped -> {
                  while (!stopped.getAsBoolean()) {
                    work(connection, model, family, tokenizer, meters, queue, stopped);
                  }
                }));
  }

  /**
   * Starts a worker.
   *
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with the policy
   * @throws org.rlhfstreams.service.kafka.ConnectionException where its port is taken
   */
  public static RolloutWorker start(KafkaConnection connection) {
    return new RolloutWorker(connection);
  }

  /**
   * Checks what settings and files tell, before anything is started.
   *
   * @throws org.rlhfstreams.common.ExplainedException as {@link #start} would
   */
  public static void require(RlhfConfiguration configuration) {
    Path policy = configuration.model().requiredPolicy();
    ModelDirectory model = ModelDirectory.open(policy);
    LanguageModel.require(model);
    if (configuration.rolloutWorker().engine() != EngineKind.DECODER) {
      EngineBeside.require(configuration);
    }
    Tokenizer.open(policy, model.configuration()).close();
    MachineMemory.require(
        memory(configuration),
        "sampling from " + policy,
        configuration.operations().memoryCheck().goesOn());
    ComputeDevice.require(configuration.model().device());
    FreePort.require(
        configuration.operations().host(),
        configuration.rolloutWorker().httpPort(),
        "rollout-worker.http-port");
  }

  /** What it will need, by settings and {@code config.json} alone. */
  public static MemoryNeeds memory(RlhfConfiguration configuration) {
    return memory(
        configuration,
        "rollout-worker",
        configuration.rolloutWorker().engine() == EngineKind.DECODER);
  }

  /** Of one that samples by itself. */
  static MemoryNeeds memory(RlhfConfiguration configuration, String name) {
    return memory(configuration, name, true);
  }

  /**
   * What one will need.
   *
   * @param decodes whether it samples by itself, not on an engine
   */
  private static MemoryNeeds memory(RlhfConfiguration configuration, String name, boolean decodes) {
    ModelDirectory model = ModelDirectory.open(configuration.model().requiredPolicy());
    int response = configuration.sampling().maxNewTokens();
    int most = model.configuration().maxPositions();
    int prompt = Math.max(1, Math.min(response, most - response));
    return InferenceMemory.generating(
        name,
        model.configuration(),
        ComputeType.named(configuration.model().dtype().name(), model),
        new GenerationLoad(
            decodes ? configuration.rolloutWorker().batchSize() : 1,
            prompt,
            Math.min(most, prompt + response)),
        2 * model.configuration().parameters() * WireType.of(configuration.weights()).bytes(),
        "rollout-worker.batch-size");
  }

  private void work(
      KafkaConnection connection,
      ModelDirectory model,
      PolicyFamily family,
      Tokenizer tokenizer,
      WorkerMeters meters,
      QueueMeters queue,
      BooleanSupplier stopped) {
    RolloutWorkerConfiguration settings = connection.configuration().rolloutWorker();
    String workerId = settings.workerIdOrDefault();
    // Requests would wait in the hands of a member that has no weights, or none that fit.
    if (!Pause.until(() -> hasWeights(family), WEIGHTS_PAUSE, stopped)
        || !Pause.until(this::hasEngine, WEIGHTS_PAUSE, stopped)) {
      return;
    }
    ComputeType type = ComputeType.named(connection.configuration().model().dtype().name(), model);
    AtomicBoolean gone = new AtomicBoolean(); // for this membership, even if it comes back
    BooleanSupplier leaves =
        () -> {
          if (engine.isPresent() && engine.get().isGone()) {
            gone.set(true);
          }
          return gone.get() || stopped.getAsBoolean();
        };
    try (SamplingThread sampling =
        new SamplingThread(
            () ->
                engine
                    .map(EngineBeside::engine)
                    .orElseGet(() -> new DecoderEngine(model, type, settings.batchSize(), reader)),
            new NewestVersionRule(),
            meters)) {
      RolloutWork rolloutWork =
          new RolloutWork(
              connection.decoder(RolloutRequest.class),
              sampling,
              new RolloutEvents(
                  tokenizer,
                  connection.topics().rollouts().name(),
                  workerId,
                  StageTracing.of("rollout-worker")),
              new DeadLetters(connection.topics(), "rollout-worker"),
              settings.slots(),
              meters);
      new ContinuousLoop(
              connection,
              GROUP,
              workerId,
              connection.topics().rolloutRequests().name(),
              settings.slots(),
              settings.pollTimeout(),
              rolloutWork,
              share,
              queue)
          .run(leaves);
    }
    if (!stopped.getAsBoolean()) {
      LOG.warn("the engine is away: requests go to other workers until it is back");
    }
  }

  /**
   * Whether a version that fits has arrived. One that does not is passed over beside others; alone
   * it means that the learner's model is another one.
   *
   * @throws ModelException if all that has arrived is of another family
   */
  private boolean hasWeights(PolicyFamily family) {
    boolean caughtUp = reader.hasCaughtUp(); // before the question what has arrived until then
    if (reader.newest().isPresent()) {
      return true;
    }
    if (caughtUp && family.foreign().isPresent()) {
      throw new ModelException(family.foreign().get());
    }
    return false;
  }

  private boolean hasEngine() {
    return engine.isEmpty() || engine.get().isUsable();
  }

  private Optional<String> unready() {
    if (reader.newest().isEmpty()) {
      return reader.refusal().or(() -> Optional.of("no policy weights have arrived yet"));
    }
    boolean starting = engine == null; // it is asked while this object is made
    return starting ? share.unready() : engine.flatMap(EngineBeside::unready).or(share::unready);
  }

  private Optional<String> failure() {
    CompletableFuture<Void> ended = ended();
    return ended.isCompletedExceptionally()
        ? Optional.of("the worker's loop has failed; its log says why")
        : Optional.empty();
  }

  /** Completes when the worker ends; exceptionally where it failed. */
  public CompletableFuture<Void> ended() {
    return thread == null
        ? new CompletableFuture<>()
        : CompletableFuture.anyOf(
                thread.ended(),
                reader.ended(),
                engine.map(EngineBeside::ended).orElseGet(CompletableFuture::new))
            .thenApply(ended -> null);
  }

  /** Where health, metrics and completions are served. */
  public OperationsEndpoint endpoint() {
    return endpoint;
  }

  /**
   * Leaves the group. Responses that have a slot are finished if that takes a moment; all other
   * requests are left to other members.
   */
  @Override
  public void close() {
    opened.close();
  }
}
