package org.rlhfstreams.reward;

import io.micrometer.core.instrument.Tags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.InferenceMemory;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.memory.MemoryNeeds;
import org.rlhfstreams.model.text.SharedVocabulary;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.training.RewardInput;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.ProcessIdentity;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RewardServiceConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.exchange.ContinuousLoop;
import org.rlhfstreams.service.exchange.GroupShare;
import org.rlhfstreams.service.exchange.TransactionalLoop;
import org.rlhfstreams.service.http.FreePort;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.metrics.QueueMeters;
import org.rlhfstreams.service.tracing.StageTracing;
import org.rlhfstreams.service.weights.HeaderCheck;
import org.rlhfstreams.service.weights.ModelLayout;
import org.rlhfstreams.service.weights.WeightReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs scorers, each a consumer group of its own on {@code rollouts} that writes to {@code scores}.
 * Several replicas share the partitions; a process may run all scorers or some.
 */
public final class RewardService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RewardService.class);
  private static final Duration WEIGHTS_PAUSE = Duration.ofMillis(20);

  /** Rollouts that wait for the others of their groups, or to be compared with them. */
  private static final int MOST_HELD = 2_048;

  /** The setting of a judge that may compare. */
  private static final String MODE = "mode";

  private final ShutdownSequence opened = new ShutdownSequence();
  private final KafkaConnection connection;
  private final Optional<WeightReader> reader;
  private final OperationsEndpoint endpoint;
  private final ScorerThreads threads;

  private RewardService(KafkaConnection connection, ScorerCatalog catalog) {
    this.connection = connection;
    try {
      RlhfConfiguration configuration = connection.configuration();
      ScorerPlan plan = ScorerPlan.of(configuration, catalog);
      Path policy = configuration.model().requiredPolicy();
      Tokenizer tokenizer =
          opened.addNative(Tokenizer.open(policy, ModelDirectory.readConfiguration(policy)));
      ComputeDevice.select(configuration.model().device());
      List<Prepared> scorers = prepared(plan, catalog, tokenizer.endOfSequence());
      this.endpoint =
          opened.add(
              OperationsEndpoint.start(
                  configuration.operations().host(),
                  configuration.rewardService().httpPort(),
                  "reward-service.http-port",
                  this::failure,
                  this::unready));
      this.reader = liveReader(plan);
      this.threads = opened.add(new ScorerThreads());
      scorers.forEach(this::start);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * A scorer that is to run.
   *
   * @param name in events
   * @param opening on its own thread
   * @param live whether it waits for the newest weights: scores of the model that it began with
   *     would be of a version long gone
   */
  private record Prepared(
      String name, Function<BooleanSupplier, RolloutScorer> opening, boolean live) {}

  private List<Prepared> prepared(ScorerPlan plan, ScorerCatalog catalog, int endOfSequence) {
    RlhfConfiguration configuration = connection.configuration();
    Path policy = configuration.model().requiredPolicy();
    String type = configuration.model().dtype().name();
    List<Prepared> prepared = new ArrayList<>();
    for (RewardConfiguration reward : plan.rewards()) {
      if (!ScorerPlan.isModel(reward)) {
        prepared.add(
            new Prepared(
                reward.name(), stopped -> catalog.open(reward, connection, stopped), false));
        continue;
      }
      ModelDirectory model = ModelDirectory.open(ScorerPlan.directory(reward, configuration));
      SharedVocabulary.requireWhereKnown(policy, model.path());
      boolean live = ScorerPlan.isLiveModel(reward);
      prepared.add(
          new Prepared(
              reward.name(),
              stopped ->
                  live
                      ? ModelScorers.of(
                          new RewardModel(
                              model,
                              ComputeType.named(type, model),
                              endOfSequence,
                              reader.orElseThrow()),
                          Optional.empty())
                      : StandaloneScorer.ofModel(model, type, endOfSequence),
              live));
    }
    if (plan.reference()) {
      ModelDirectory model = ModelDirectory.open(configuration.model().referenceOrPolicy());
      SharedVocabulary.requireWhereKnown(policy, model.path());
      prepared.add(
          new Prepared(
              ScoreRules.REFERENCE,
              stopped -> ModelScorers.of(new ReferenceModel(model, ComputeType.named(type, model))),
              false));
    }
    return prepared;
  }

  private Optional<WeightReader> liveReader(ScorerPlan plan) {
    if (!plan.hasLiveModel()) {
      return Optional.empty();
    }
    ModelDirectory reward =
        ModelDirectory.open(connection.configuration().model().requiredReward());
    return Optional.of(
        opened.add(
            WeightReader.start(
                connection,
                connection.topics().rewardWeights(),
                sameModel(reward),
                (version, reason) -> LOG.error("reward-weights: {}", reason))));
  }

  private void start(Prepared scorer) {
    String group = GroupNames.SCORERS + scorer.name();
    GroupShare share = new GroupShare(group);
    ScoringMeters meters = new ScoringMeters(endpoint.meters(), scorer.name(), share);
    threads.start(
        scorer.name(),
        share,
        stopped -> {
          try (RolloutScorer opened = scorer.opening().apply(stopped)) {
            if (!scorer.live()
                || Pause.until(reader.orElseThrow()::hasCaughtUp, WEIGHTS_PAUSE, stopped)) {
              score(group, scorer.name(), opened, share, meters, stopped);
            }
          }
        });
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
   * Starts the service with the scorers that are models, and those of the kinds that come with it.
   *
   * @throws org.rlhfstreams.common.ExplainedException naming what is wrong with a model or a
   *     setting
   * @throws org.rlhfstreams.service.kafka.ConnectionException if its port is taken
   */
  public static RewardService start(KafkaConnection connection) {
    return start(connection, new BuiltInScorers());
  }

  /**
   * Starts the service.
   *
   * @param catalog of the scorers that are no models; the usual one has those that come with it
   * @throws org.rlhfstreams.common.ExplainedException naming what is wrong with a model or a
   *     setting
   * @throws org.rlhfstreams.service.kafka.ConnectionException if its port is taken
   */
  public static RewardService start(KafkaConnection connection, ScorerCatalog catalog) {
    return new RewardService(connection, catalog);
  }

  /**
   * Checks what settings and files tell, before anything is started.
   *
   * @throws org.rlhfstreams.common.ExplainedException as {@link #start} would
   */
  public static void require(RlhfConfiguration configuration) {
    require(configuration, new BuiltInScorers());
  }

  /** The same with other scorers than those that come with the system. */
  public static void require(RlhfConfiguration configuration, ScorerCatalog catalog) {
    ScorerPlan plan = ScorerPlan.of(configuration, catalog);
    Path policy = configuration.model().requiredPolicy();
    Tokenizer.open(policy, ModelDirectory.readConfiguration(policy)).close();
    List<String> models = new ArrayList<>();
    for (RewardConfiguration reward : plan.rewards()) {
      if (ScorerPlan.isModel(reward)) {
        ModelDirectory model = ModelDirectory.open(ScorerPlan.directory(reward, configuration));
        RewardInput.requireRewardModel(model);
        SharedVocabulary.requireWhereKnown(policy, model.path());
        models.add(model.path().toString());
      } else {
        catalog.require(reward);
        requireResponsesToCompare(reward, configuration, catalog);
      }
    }
    if (plan.reference()) {
      ModelDirectory reference = ModelDirectory.open(configuration.model().referenceOrPolicy());
      SharedVocabulary.requireWhereKnown(policy, reference.path());
      models.add(reference.path().toString());
    }
    ComputeDevice.require(configuration.model().device());
    if (!models.isEmpty()) {
      MachineMemory.require(
          memory(configuration, plan),
          "scoring with " + models.get(0),
          configuration.operations().memoryCheck().goesOn());
    }
    FreePort.require(
        configuration.operations().host(),
        configuration.rewardService().httpPort(),
        "reward-service.http-port");
  }

  private static void requireResponsesToCompare(
      RewardConfiguration reward, RlhfConfiguration configuration, ScorerCatalog catalog) {
    if (configuration.sampling().samples() > 1 || !catalog.comparesResponses(reward)) {
      return;
    }
    boolean hasMode = reward.settings().containsKey(MODE);
    throw new ConfigurationException(
        "rewards: %s (scorer: %s%s) compares the responses to a request, but sampling.samples = 1 asks for one, so that it would refuse each of them: set sampling.samples = 2 or more, 8 is usual, or %s"
            .formatted(
                reward.name(),
                reward.scorer(),
                hasMode ? ", mode: " + reward.settings().get(MODE) : "",
                hasMode
                    ? "mode: pointwise in the settings of " + reward.name()
                    : "another scorer for " + reward.name()));
  }

  /** What its models will need, by settings and {@code config.json} alone. */
  public static MemoryNeeds memory(RlhfConfiguration configuration) {
    return memory(configuration, ScorerPlan.ofModels(configuration));
  }

  private static MemoryNeeds memory(RlhfConfiguration configuration, ScorerPlan plan) {
    Optional<MemoryNeeds> needs = Optional.empty();
    for (RewardConfiguration reward : plan.models()) {
      MemoryNeeds own =
          frozen(
              ScorerPlan.isLiveModel(reward) ? "reward model" : "reward " + reward.name(),
              configuration,
              ModelDirectory.open(ScorerPlan.directory(reward, configuration)));
      needs = Optional.of(needs.map(before -> before.and(own)).orElse(own));
    }
    if (plan.reference()) {
      MemoryNeeds own =
          frozen(
              "reference",
              configuration,
              ModelDirectory.open(configuration.model().referenceOrPolicy()));
      needs = Optional.of(needs.map(before -> before.and(own)).orElse(own));
    }
    return needs.orElseGet(() -> new MemoryNeeds(Map.of(), List.of()));
  }

  static MemoryNeeds frozen(String name, RlhfConfiguration configuration, ModelDirectory model) {
    return InferenceMemory.frozen(
        name,
        model.configuration(),
        ComputeType.named(configuration.model().dtype().name(), model));
  }

  private void score(
      String group,
      String name,
      RolloutScorer scorer,
      GroupShare share,
      ScoringMeters meters,
      BooleanSupplier stopped) {
    RewardServiceConfiguration settings = connection.configuration().rewardService();
    String rollouts = connection.topics().rollouts().name();
    int batchSize = scorer.batchSize(settings.batchSize());
    QueueMeters queue = new QueueMeters(endpoint.meters(), rollouts, Tags.of("scorer", name));
    ScoreEvents events =
        new ScoreEvents(
            name,
            connection.decoder(Rollout.class),
            connection.topics().scores().name(),
            meters,
            StageTracing.of("reward-service"));
    if (!scorer.wholeGroups()) {
      new TransactionalLoop(
              connection,
              group,
              Optional.of(GroupNames.REWARD_SERVICE),
              ProcessIdentity.current(),
              rollouts,
              batchSize,
              settings.pollTimeout(),
              new ScoringHandler(scorer, events),
              share,
              queue)
          .run(stopped);
      return;
    }
    try (GroupScoring groups =
        new GroupScoring(scorer, events, batchSize, groupPatience(), MOST_HELD, System::nanoTime)) {
      new ContinuousLoop(
              connection,
              group,
              Optional.of(GroupNames.REWARD_SERVICE),
              ProcessIdentity.current(),
              rollouts,
              batchSize,
              settings.pollTimeout(),
              groups,
              share,
              queue)
          .run(stopped);
    }
  }

  /** Less than the join's own, so that it hears why there is no score. */
  private Duration groupPatience() {
    return connection.configuration().rewards().patience().multipliedBy(9).dividedBy(10);
  }

  /** Models are loaded before their groups are joined. */
  private Optional<String> unready() {
    if (threads == null) {
      return Optional.of("the scorers are starting");
    }
    return reader.filter(weights -> !weights.hasCaughtUp()).isPresent()
        ? Optional.of("the reward model's weights are being read")
        : threads.unready();
  }

  private Optional<String> failure() {
    return threads != null && ended().isCompletedExceptionally()
        ? Optional.of("the service has failed; its log says why")
        : Optional.empty();
  }

  /** Completes when the service ends; exceptionally if it failed. */
  public CompletableFuture<Void> ended() {
    return reader
        .map(
            weights ->
                CompletableFuture.anyOf(threads.ended(), weights.ended())
                    .thenApply(ended -> (Void) null))
        .orElseGet(threads::ended);
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
