package org.rlhfstreams.learner;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.rlhfstreams.learner.assembly.LearnerMemory;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.http.FreePort;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.metrics.QueueMeters;
import org.rlhfstreams.service.tracing.StageTracing;

/** A learner as a process: its loop on a thread, its health and its metrics on a port. */
public final class LearnerService implements AutoCloseable {
  private final ShutdownSequence opened = new ShutdownSequence();
  private final LearnerRun run;
  private final OperationsEndpoint endpoint;
  private final ServiceThread thread;
  private final AtomicReference<Optional<String>> failure = new AtomicReference<>(Optional.empty());
  private final AtomicReference<Optional<String>> unready =
      new AtomicReference<>(Optional.of("models and checkpoint are being loaded"));

  private LearnerService(KafkaConnection connection, StepListener listener) {
    RlhfConfiguration configuration = connection.configuration();
    this.endpoint =
        opened.add(
            OperationsEndpoint.start(
                configuration.operations().host(),
                configuration.learner().httpPort(),
                "learner.http-port",
                failure::get,
                unready::get));
    try {
      this.run = opened.addNative(LearnerRun.open(connection, measuring(connection, listener)));
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
    this.thread =
        opened.add(
            ServiceThread.start(
                "learner",
                ShutdownBudget.LEARNER,
                stopped -> {
                  run.run(stopped);
                }));
    thread
        .ended()
        .exceptionally(
            error -> {
              failure.set(Optional.of("the learner has failed: " + error.getMessage()));
              return null;
            });
  }

  /**
   * Starts a learner.
   *
   * @param listener hears of each step
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with a model
   * @throws org.rlhfstreams.service.kafka.ConnectionException where its port is taken
   */
  public static LearnerService start(KafkaConnection connection, StepListener listener) {
    return new LearnerService(connection, listener);
  }

  /**
   * Checks what settings and files tell, before anything is started.
   *
   * @throws org.rlhfstreams.common.ExplainedException as {@link #start} would
   */
  public static void require(RlhfConfiguration configuration) {
    LearnerRun.require(configuration);
    FreePort.require(
        configuration.operations().host(), configuration.learner().httpPort(), "learner.http-port");
  }

  /** What it will need, by settings and {@code config.json} alone. */
  public static MemoryNeeds memory(RlhfConfiguration configuration) {
    return LearnerMemory.of(
        configuration,
        configuration.model().required(configuration.learner().objective().trains()));
  }

  private StepListener measuring(KafkaConnection connection, StepListener listener) {
    String topic =
        connection.configuration().learner().objective().learnsFromRollouts()
            ? connection.topics().scoredRollouts().name()
            : connection.topics().preferences().name();
    return new LearnerMeters(
        endpoint.meters(),
        new QueueMeters(endpoint.meters(), topic),
        StageTracing.of("learner"),
        () -> unready.set(Optional.empty()),
        listener);
  }

  /** Completes when the run ends; exceptionally where it failed. */
  public CompletableFuture<Void> ended() {
    return thread.ended();
  }

  /** The run, to save its model. */
  public LearnerRun run() {
    return run;
  }

  /** Where health and metrics are served. */
  public OperationsEndpoint endpoint() {
    return endpoint;
  }

  /** Finishes the step at hand, writes a checkpoint and ends. */
  @Override
  public void close() {
    opened.close();
  }
}
