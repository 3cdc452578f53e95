package org.rlhfstreams.reward;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.InferenceMemory;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.model.text.SharedVocabulary;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.training.RewardInput;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.configuration.ProcessIdentity;
import org.rlhfstreams.service.configuration.RewardServiceConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.exchange.GroupShare;
import org.rlhfstreams.service.exchange.TransactionalLoop;
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
import org.rlhfstreams.service.weights.HeaderCheck;
import org.rlhfstreams.service.weights.ModelLayout;
import org.rlhfstreams.service.weights.WeightReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scores rollouts. Several replicas share the partitions of {@code rollouts}. */
public final class RewardService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RewardService.class);
  private static final String GROUP = GroupNames.REWARD_SERVICE;
  private static final Duration WEIGHTS_PAUSE = Duration.ofMillis(20);

  private final ShutdownSequence opened = new ShutdownSequence();
  private final GroupShare share = new GroupShare(GROUP);
  private final WeightReader reader;
  private final OperationsEndpoint endpoint;
  private final ServiceThread thread;

  private RewardService(KafkaConnection connection) {
    try {
      RlhfConfiguration configuration = connection.configuration();
      RewardServiceConfiguration settings = configuration.rewardService();
      Path policyPath = configuration.model().requiredPolicy();
      TransformerConfiguration policy = ModelDirectory.readConfiguration(policyPath);
      Tokenizer tokenizer = opened.addNative(Tokenizer.open(policyPath, policy));
      ModelDirectory reference = ModelDirectory.open(configuration.model().referenceOrPolicy());
      ComputeDevice.select(configuration.model().device());
      ModelDirectory reward = ModelDirectory.open(configuration.model().requiredReward());
      SharedVocabulary.requireWhereKnown(policyPath, reference.path());
      SharedVocabulary.requireWhereKnown(policyPath, reward.path());
      this.reader =
          opened.add(
              WeightReader.start(
                  connection,
                  connection.topics().rewardWeights(),
                  sameModel(reward),
                  (version, reason) -> LOG.error("reward-weights: {}", reason)));
      this.endpoint =
          opened.add(
              OperationsEndpoint.start(
                  configuration.operations().host(),
                  settings.httpPort(),
                  "reward-service.http-port",
                  this::failure,
                  this::unready));
      ScoringMeters meters = new ScoringMeters(endpoint.meters(), share);
      int endOfSequence = tokenizer.endOfSequence();
      this.thread =
          opened.add(
              ServiceThread.start(
                  "reward-service",
                  ShutdownBudget.LOOP,
                  stopped -> {
                    String type = configuration.model().dtype().name();
                    try (RewardModel model =
                            new RewardModel(
                                reward, ComputeType.named(type, reward), endOfSequence, reader);
                        ReferenceModel frozen =
                            new ReferenceModel(reference, ComputeType.named(type, reference))) {
                      // Scores of the model that it began with would be of a version long gone.
                      if (Pause.until(reader::hasCaughtUp, WEIGHTS_PAUSE, stopped)) {
                        score(connection, model, frozen, meters, stopped);
                      }
                    }
                  }));
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static HeaderCheck sameModel(ModelDirectory reward) {
    ModelLayout layout = new ModelLayout(TensorSpecification.shapes(reward.expectedTensors()));
    return (version, header) ->
        layout
            .difference(header)
            .map(
                difference ->
                    "it is of another model than %s: %s; start this service with the model.reward that the learner of the reward model began with, or give it another connection.topic-prefix"
                        .formatted(reward.path(), difference));
  }

  /**
   * Starts the service.
   *
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with a model
   * @throws org.rlhfstreams.service.kafka.ConnectionException where its port is taken
   */
  public static RewardService start(KafkaConnection connection) {
    return new RewardService(connection);
  }

  /**
   * Checks what settings and files tell, before anything is started.
   *
   * @throws org.rlhfstreams.common.ExplainedException as {@link #start} would
   */
  public static void require(RlhfConfiguration configuration) {
    Path policy = configuration.model().requiredPolicy();
    Tokenizer.open(policy, ModelDirectory.readConfiguration(policy)).close();
    ModelDirectory reference = ModelDirectory.open(configuration.model().referenceOrPolicy());
    ModelDirectory reward = ModelDirectory.open(configuration.model().requiredReward());
    RewardInput.requireRewardModel(reward);
    SharedVocabulary.requireWhereKnown(policy, reference.path());
    SharedVocabulary.requireWhereKnown(policy, reward.path());
    ComputeDevice.require(configuration.model().device());
    MachineMemory.require(
        memory(configuration),
        "scoring with " + reward.path(),
        configuration.operations().memoryCheck().goesOn());
    FreePort.require(
        configuration.operations().host(),
        configuration.rewardService().httpPort(),
        "reward-service.http-port");
  }

  /** What it will need, by settings and {@code config.json} alone. */
  public static MemoryNeeds memory(RlhfConfiguration configuration) {
    return frozen(
            "reward model",
            configuration,
            ModelDirectory.open(configuration.model().requiredReward()))
        .and(
            frozen(
                "reference",
                configuration,
                ModelDirectory.open(configuration.model().referenceOrPolicy())));
  }

  private static MemoryNeeds frozen(
      String name, RlhfConfiguration configuration, ModelDirectory model) {
    return InferenceMemory.frozen(
        name,
        model.configuration(),
        ComputeType.named(configuration.model().dtype().name(), model));
  }

  private void score(
      KafkaConnection connection,
      RewardModel model,
      ReferenceModel reference,
      ScoringMeters meters,
      BooleanSupplier stopped) {
    RewardServiceConfiguration settings = connection.configuration().rewardService();
    ScoringHandler handler =
        new ScoringHandler(
            connection.decoder(Rollout.class),
            model,
            reference,
            new DeadLetters(connection.topics(), "reward-service"),
            connection.topics().scoredRollouts().name(),
            meters,
            StageTracing.of("reward-service"));
    new TransactionalLoop(
            connection,
            GROUP,
            ProcessIdentity.current(),
            connection.topics().rollouts().name(),
            settings.batchSize(),
            settings.pollTimeout(),
            handler,
            share,
            new QueueMeters(endpoint.meters(), connection.topics().rollouts().name()))
        .run(stopped);
  }

  /** Models are loaded before the group is joined. */
  private Optional<String> unready() {
    return reader.hasCaughtUp()
        ? share.unready()
        : Optional.of("the reward model's weights are being read");
  }

  private Optional<String> failure() {
    return thread != null && ended().isCompletedExceptionally()
        ? Optional.of("the service has failed; its log says why")
        : Optional.empty();
  }

  /** Completes when the service ends; exceptionally where it failed. */
  public CompletableFuture<Void> ended() {
    return CompletableFuture.anyOf(thread.ended(), reader.ended()).thenApply(ended -> null);
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
