package org.rlhfstreams.controller;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.completion.PromptEncoding;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.service.configuration.ControllerConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.http.FreePort;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.tracing.StageTracing;

/**
 * The controller as a process: hosts the topologies, serves its health and metrics on a port. It
 * loads no weights; of the policy it reads configuration, tokenizer and chat template.
 */
public final class ControllerService implements AutoCloseable {
  private final ShutdownSequence opened = new ShutdownSequence();
  private final HostedTopologies topologies;
  private final OperationsEndpoint endpoint;

  private ControllerService(KafkaConnection connection) {
    try {
      RlhfConfiguration configuration = connection.configuration();
      ControllerConfiguration settings = configuration.controller();
      Path policyPath = configuration.model().requiredPolicy();
      TransformerConfiguration policy = ModelDirectory.readConfiguration(policyPath);
      Tokenizer tokenizer = opened.addNative(Tokenizer.open(policyPath, policy));
      this.endpoint =
          opened.add(
              OperationsEndpoint.start(
                  configuration.operations().host(),
                  settings.httpPort(),
                  "controller.http-port",
                  this::failure,
                  this::unready));
      this.topologies =
          opened.add(
              new HostedTopologies(
                  connection,
                  new PolicyPromptEncoder(
                      new PromptEncoding(policyPath, policy, tokenizer),
                      policy.maxPositions() - configuration.sampling().maxNewTokens()),
                  settings.stateDirectory(),
                  new AdmissionMeters(endpoint.meters(), StageTracing.of("admission")),
                  new ScoresMeters(endpoint.meters())));
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Starts the controller.
   *
   * @throws org.rlhfstreams.model.ModelException if the policy's configuration or tokenizer cannot
   *     be used
   * @throws org.rlhfstreams.service.configuration.ConfigurationException if the file of gold
   *     questions cannot be used
   * @throws org.rlhfstreams.service.kafka.ConnectionException if its port is taken
   */
  public static ControllerService start(KafkaConnection connection) {
    return new ControllerService(connection);
  }

  /**
   * Checks what settings and files tell, before anything is started.
   *
   * @throws org.rlhfstreams.common.ExplainedException as {@link #start} would
   */
  public static void require(RlhfConfiguration configuration) {
    Path policy = configuration.model().requiredPolicy();
    Tokenizer.open(policy, ModelDirectory.readConfiguration(policy)).close();
    if (configuration.people().enabled()) {
      configuration.comparisons().goldFile().ifPresent(GoldFile::read);
    }
    FreePort.require(
        configuration.operations().host(),
        configuration.controller().httpPort(),
        "controller.http-port");
  }

  private Optional<String> unready() {
    return topologies == null ? Optional.of("the topologies are starting") : topologies.unready();
  }

  private Optional<String> failure() {
    return topologies == null ? Optional.empty() : topologies.failure();
  }

  /** Completes exceptionally if the topologies cannot go on. */
  public CompletableFuture<Void> ended() {
    return topologies.ended();
  }

  /** Where health and metrics are served. */
  public OperationsEndpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    opened.close();
  }
}
