package org.rlhfstreams.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.RolloutWorkerConfiguration;
import org.rlhfstreams.service.exchange.ContinuousLoop;
import org.rlhfstreams.service.exchange.GroupShare;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.service.kafka.DeadLetters;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.metrics.QueueMeters;
import org.rlhfstreams.service.tracing.StageTracing;
import org.rlhfstreams.service.weights.PinnedWeights;
import org.rlhfstreams.worker.policy.DecoderEngine;

/**
 * A member of the group that puts versions of the policy to held-out prompts: it samples as a
 * {@link RolloutWorker} does, each request with the version that it names. The requests are in one
 * partition, so that one member works and the others stand by.
 */
public final class EvaluationWorker implements AutoCloseable {
  private static final String GROUP = GroupNames.EVALUATION_WORKERS;
  private static final String NAME = "evaluation-worker";

  private final GroupShare share = new GroupShare(GROUP);
  private final ShutdownSequence opened = new ShutdownSequence();
  private final Optional<OperationsEndpoint> endpoint;
  private final PinnedWeights weights;
  private final ServiceThread thread;

  private EvaluationWorker(KafkaConnection connection, boolean alone) {
    RlhfConfiguration configuration = connection.configuration();
    ComputeDevice.select(configuration.model().device());
    Path path = configuration.model().requiredPolicy();
    ModelDirectory model = ModelDirectory.open(path);
    Tokenizer tokenizer = opened.addNative(Tokenizer.open(path, model.configuration()));
    this.weights =
        opened.add(
            PinnedWeights.start(
                connection, connection.topics().policyWeights(), new PolicyFamily(model)));
    this.endpoint =
        alone
            ? Optional.of(
                opened.add(
                    OperationsEndpoint.start(
                        configuration.operations().host(),
                        configuration.rolloutWorker().httpPort(),
                        "rollout-worker.http-port",
                        this::failure,
                        share::unready)))
            : Optional.empty();
    MeterRegistry registry =
        endpoint.map(OperationsEndpoint::meters).orElseGet(SimpleMeterRegistry::new);
    this.thread =
        opened.add(
            ServiceThread.start(
                NAME,
                ShutdownBudget.LOOP,
                stopped -> work(connection, model, tokenizer, registry, stopped)));
  }

  /**
   * Starts one as a process of its own, with health and metrics at {@code
   * rollout-worker.http-port}.
   *
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with the policy
   * @throws org.rlhfstreams.service.kafka.ConnectionException if its port is taken
   */
  public static EvaluationWorker start(KafkaConnection connection) {
    return new EvaluationWorker(connection, true);
  }

  /**
   * Starts one beside a rollout worker of this process: it has no port.
   *
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with the policy
   */
  public static EvaluationWorker startBeside(KafkaConnection connection) {
    return new EvaluationWorker(connection, false);
  }

  /** What it will need, by settings and {@code config.json} alone. */
  public static MemoryNeeds memory(RlhfConfiguration configuration) {
    return RolloutWorker.memory(configuration, NAME);
  }

  private void work(
      KafkaConnection connection,
      ModelDirectory model,
      Tokenizer tokenizer,
      MeterRegistry registry,
      BooleanSupplier stopped) {
    RolloutWorkerConfiguration settings = connection.configuration().rolloutWorker();
    String workerId = settings.workerIdOrDefault();
    String requests = connection.topics().evaluationRequests().name();
    WorkerMeters meters = new WorkerMeters(registry, share, settings.batchSize());
    ComputeType type = ComputeType.named(connection.configuration().model().dtype().name(), model);
    try (SamplingThread sampling =
        new SamplingThread(
            () -> new DecoderEngine(model, type, settings.batchSize(), weights),
            new PinnedVersionRule(weights),
            meters)) {
      RolloutWork work =
          new RolloutWork(
              connection.decoder(RolloutRequest.class),
              sampling,
              new RolloutEvents(
                  tokenizer,
                  connection.topics().rollouts().name(),
                  workerId,
                  StageTracing.of(NAME)),
              new DeadLetters(connection.topics(), NAME),
              settings.batchSize(),
              meters);
      new ContinuousLoop(
              connection,
              GROUP,
              workerId,
              requests,
              settings.batchSize(),
              settings.pollTimeout(),
              work,
              share,
              new QueueMeters(registry, requests))
          .run(stopped);
    }
  }

  private Optional<String> failure() {
    return thread != null && ended().isCompletedExceptionally()
        ? Optional.of("the worker's loop has failed; its log says why")
        : Optional.empty();
  }

  /** Completes when the worker ends; exceptionally if it failed. */
  public CompletableFuture<Void> ended() {
    return CompletableFuture.anyOf(thread.ended(), weights.ended()).thenApply(ended -> null);
  }

  /**
   * Where health and metrics are served, of one that is a process of its own.
   *
   * @throws java.util.NoSuchElementException if it is beside another one
   */
  public OperationsEndpoint endpoint() {
    return endpoint.orElseThrow();
  }

  /** Leaves the group; what it has not finished is left to other members. */
  @Override
  public void close() {
    opened.close();
  }
}
