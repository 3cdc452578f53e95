package org.rlhfstreams.controller;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.configuration.ComparisonsConfiguration;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.SamplingConfiguration;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.lifecycle.StillRunningException;
import org.rlhfstreams.topology.admission.AdmissionListener;
import org.rlhfstreams.topology.admission.AdmissionSettings;
import org.rlhfstreams.topology.admission.AdmissionTopology;
import org.rlhfstreams.topology.admission.PromptEncoder;
import org.rlhfstreams.topology.comparisons.ComparisonExpiry;
import org.rlhfstreams.topology.comparisons.ComparisonSettings;
import org.rlhfstreams.topology.comparisons.ComparisonTopology;
import org.rlhfstreams.topology.comparisons.PairedVersions;
import org.rlhfstreams.topology.judgements.AnnotatorWeight;
import org.rlhfstreams.topology.judgements.JudgementSettings;
import org.rlhfstreams.topology.judgements.JudgementTopology;
import org.rlhfstreams.topology.scores.ScoresListener;
import org.rlhfstreams.topology.scores.ScoresSettings;
import org.rlhfstreams.topology.scores.ScoresTopology;
import org.rlhfstreams.topology.statistics.StatisticsTopology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs admission, the join of scores and statistics, exactly once, in this process; with people,
 * their questions and answers too.
 */
final class HostedTopologies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostedTopologies.class);

  /** Rollouts of one prompt that wait for another, and all that wait: some megabytes of text. */
  private static final int PENDING_PER_PROMPT = 8;

  private static final int PENDING = 4096;

  /** A judgement and its comparison are seconds apart at most, unless one of them is lost. */
  private static final Duration JUDGEMENT_PATIENCE = Duration.ofMinutes(10);

  private static final int RIGHT_IN_ADVANCE = 4;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final KafkaStreams streams;
  private final BrokerRefusal refusals;
  private final TopologyRestarts restarts;
  private final StartingTopologies starting;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile Optional<String> pausedAfter = Optional.empty();
  private volatile boolean closing;

  HostedTopologies(
      KafkaConnection connection,
      PromptEncoder encoder,
      Path state,
      AdmissionListener listener,
      ScoresListener scores) {
    this(connection, encoder, state, listener, scores, FIRST_PAUSE);
  }

  /**
   * @param firstPause after a fault; those after it are longer
   */
  HostedTopologies(
      KafkaConnection connection,
      PromptEncoder encoder,
      Path state,
      AdmissionListener listener,
      ScoresListener scores,
      Duration firstPause) {
    RlhfConfiguration configuration = connection.configuration();
    Optional<ComparisonSettings> comparisons =
        configuration.people().enabled()
            ? Optional.of(settings(configuration.comparisons()))
            : Optional.empty();
    TopologyInputs inputs = new TopologyInputs(connection);
    inputs.requireEqualPartitions();
    StreamsBuilder builder = new StreamsBuilder();
    AdmissionTopology.build(
        builder,
        connection.topics(),
        connection.serdes(),
        encoder,
        settings(configuration),
        listener);
    StatisticsTopology.build(builder, connection.topics(), connection.serdes());
    ScoresTopology.build(
        builder,
        connection.topics(),
        connection.serdes(),
        new ScoresSettings(
            configuration.effectiveRewards().required(),
            configuration.effectiveRewards().optional(),
            configuration.rewards().patience(),
            inputs.scoredBefore()),
        scores);
    tellWhoIsWaitedFor(connection);
    if (comparisons.isPresent()) {
      ComparisonTopology.build(
          builder, connection.topics(), connection.serdes(), comparisons.get());
      JudgementTopology.build(
          builder,
          connection.topics(),
          connection.serdes(),
          new JudgementSettings(JUDGEMENT_PATIENCE, new AnnotatorWeight(RIGHT_IN_ADVANCE)));
    }
    inputs.requireSame();
    inputs.requireKept();
    this.streams = new KafkaStreams(builder.build(), TopologyProperties.of(connection, state));
    this.refusals = new BrokerRefusal(connection);
    this.restarts = new TopologyRestarts(firstPause, System::nanoTime);
    this.starting =
        new StartingTopologies(
            connection.configuration().connection().topicPrefix() + GroupNames.TOPOLOGIES,
            System::nanoTime);
    streams.setUncaughtExceptionHandler(this::after);
    streams.setStateListener(
        (now, before) -> {
          if (before == KafkaStreams.State.RUNNING) {
            starting.again();
          }
        });
    streams.start();
  }

  private static void tellWhoIsWaitedFor(KafkaConnection connection) {
    for (RewardConfiguration reward : connection.configuration().effectiveRewards().all()) {
      if (reward.required() && reward.scorer().equals(RewardConfiguration.EXTERNAL)) {
        if (reward.name().equals(ScoreRules.PEOPLE)) {
          LOG.info("each rollout waits until somebody has rated it, at the pages or the HTTP API");
          continue;
        }
        LOG.info(
            "each rollout waits for a score by {}: the program that writes it to {} is yours to start",
            reward.name(),
            connection.topics().scores().name());
      }
    }
  }

  /** What follows from a fault; the thread that it ended waits here. */
  private StreamThreadExceptionResponse after(Throwable fault) {
    Optional<ConnectionException> refusal = refusals.in(fault);
    if (refusal.isPresent()) {
      ended.completeExceptionally(refusal.get());
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    Optional<Duration> pause = restarts.pauseAfter(fault);
    if (pause.isEmpty()) {
      LOG.error("the topologies end", fault);
      ended.completeExceptionally(TopologyRestarts.end(fault));
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    LOG.warn(
        "the topologies start again in {} s after: {} ({})",
        pause.get().toMillis() / 1e3,
        RootCause.message(fault),
        TopologyRestarts.place(fault));
    pausedAfter = Optional.of("the topologies start again after: " + RootCause.message(fault));
    Pause.of(pause.get(), () -> closing);
    pausedAfter = Optional.empty();
    return closing
        ? StreamThreadExceptionResponse.SHUTDOWN_CLIENT
        : StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  private static AdmissionSettings settings(RlhfConfiguration configuration) {
    SamplingConfiguration sampling = configuration.sampling();
    return new AdmissionSettings(
        configuration.staleness(),
        configuration.admission().promptEpochs(),
        configuration.admission().difficulty(),
        sampling.samples(),
        SamplingSettings.newBuilder()
            .setTemperature((float) sampling.temperature())
            .setTopK(sampling.topK())
            .setTopP((float) sampling.topP())
            .setMaxNewTokens(sampling.maxNewTokens())
            .setSeed(sampling.seed())
            .build(),
        configuration.admission().metadata());
  }

  private static ComparisonSettings settings(ComparisonsConfiguration comparisons) {
    return new ComparisonSettings(
        comparisons.backlog(),
        switch (comparisons.versions()) {
          case SAME -> PairedVersions.SAME;
          case ANY -> PairedVersions.ANY;
        },
        comparisons.randomShare(),
        new ComparisonExpiry(comparisons.expireAfterVersions()),
        comparisons.judgements(),
        comparisons.goldFile().map(GoldFile::read).orElse(List.of()),
        comparisons.goldShare(),
        PENDING_PER_PROMPT,
        PENDING);
  }

  /** Whether the topologies process records. */
  boolean running() {
    return streams.state() == KafkaStreams.State.RUNNING && pausedAfter.isEmpty();
  }

  /** Why they process no records yet, if they do not. */
  Optional<String> unready() {
    return running() ? Optional.empty() : pausedAfter.or(() -> Optional.of(starting.reason()));
  }

  /** Why they process no records any more, if they have ended. */
  Optional<String> failure() {
    return ended.isCompletedExceptionally()
        ? Optional.of(ended.handle((done, error) -> error.getMessage()).join())
        : Optional.empty();
  }

  /**
   * Completes exceptionally when they cannot go on: refused by the broker, or in the same fault.
   */
  CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  public void close() {
    closing = true;
    // Without leaving, the next start waits for the session to time out.
    boolean inTime =
        streams.close(
            CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(ShutdownBudget.STREAMS));
    if (!inTime) {
      throw new StillRunningException("of the topologies", ShutdownBudget.STREAMS);
    }
  }
}
