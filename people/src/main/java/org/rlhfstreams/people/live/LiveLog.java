package org.rlhfstreams.people.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.AnnotatorStatistics;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutStatistics;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.log.LogEnds;

/**
 * Keeps the views up with the log, with two readers: one of what people ask and answer, which must
 * be whole before anything is accepted, and one of what is only looked at, which may be much more.
 */
public final class LiveLog implements AutoCloseable {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
  private static final Duration ADMIN_WITHIN = Duration.ofSeconds(10);

  private final ShutdownSequence opened = new ShutdownSequence();
  private final KafkaConnection connection;
  private final List<String> answered;
  private final LogFollower answers;
  private final LogFollower shown;

  private LiveLog(KafkaConnection connection, LiveViews views) {
    this.connection = connection;
    Topics topics = connection.topics();
    LiveFeed feed = views.feed();
    this.answered =
        List.of(
            topics.comparisons().name(),
            topics.judgements().name(),
            topics.preferences().name(),
            topics.controls().name());
    this.answers =
        new LogFollower(
            connection,
            "people-answers",
            List.of(
                new FollowedTopic<>(
                    connection,
                    topics.comparisons(),
                    Comparison.class,
                    comparison -> {
                      views.comparisons().apply(comparison);
                      feed.tell(
                          "comparison",
                          () -> EventJson.of(comparison, views.comparisons().countOpen()));
                    }),
                new FollowedTopic<>(
                    connection,
                    topics.judgements(),
                    Judgement.class,
                    judgement -> {
                      views.judgements().apply(judgement);
                      feed.tell("judgement", () -> EventJson.of(judgement));
                    }),
                new FollowedTopic<>(
                    connection,
                    topics.preferences(),
                    Preference.class,
                    preference -> {
                      views.preferences().apply(preference);
                      feed.tell("preference", () -> EventJson.of(preference));
                    }),
                new FollowedTopic<>(
                    connection, topics.controls(), ControlCommand.class, views.controls()::apply)));
    this.shown =
        new LogFollower(
            connection,
            "people-shown",
            List.of(
                new FollowedTopic<>(
                    connection,
                    topics.rollouts(),
                    Rollout.class,
                    (rollout, partition) -> views.rateable().apply(rollout, partition)),
                new FollowedTopic<>(
                    connection,
                    topics.scoredRollouts(),
                    ScoredRollout.class,
                    scored -> {
                      views.rateable().apply(scored);
                      RolloutsView.Sample sample = views.rollouts().apply(scored);
                      feed.tell("rollout", () -> EventJson.of(sample));
                    }),
                new FollowedTopic<>(
                    connection,
                    topics.trainingMetrics(),
                    StepMetrics.class,
                    metrics -> {
                      TrainingView.Step step = views.training().apply(metrics);
                      feed.tell("step", () -> EventJson.of(step));
                    }),
                new FollowedTopic<>(
                    connection,
                    topics.deadLetters(),
                    DeadLetter.class,
                    letter -> {
                      DeadLettersView.Refused refused = views.deadLetters().apply(letter);
                      feed.tell("dead-letter", () -> EventJson.of(refused));
                    }),
                new FollowedTopic<>(
                    connection,
                    topics.annotatorStatistics(),
                    AnnotatorStatistics.class,
                    statistics -> {
                      views.annotators().apply(statistics);
                      feed.tell("annotators", () -> EventJson.of(statistics));
                    }),
                new FollowedTopic<>(
                    connection,
                    topics.rolloutStatistics(),
                    RolloutStatistics.class,
                    statistics -> feed.tell("statistics", () -> EventJson.of(statistics)))));
    opened.add(answers);
    opened.add(shown);
  }

  /** Begins to read. */
  public static LiveLog start(KafkaConnection connection, LiveViews views) {
    return new LiveLog(connection, views);
  }

  /**
   * Returns when the views of questions and answers hold everything that is in the log now.
   *
   * @return false where it was told to stop before
   * @throws ExecutionException where the broker does not say where the log ends
   */
  public boolean catchUp(BooleanSupplier stopped) throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> ends = ends();
    return Pause.until(() -> answers.hasReached(ends), BETWEEN_LOOKS, stopped);
  }

  /** Ends as the broker has them, open transactions of others included. */
  private Map<TopicPartition, Long> ends() throws ExecutionException, InterruptedException {
    Admin admin = connection.admin();
    try {
      List<TopicPartition> partitions = new ArrayList<>();
      for (TopicDescription topic :
          admin
              .describeTopics(answered)
              .allTopicNames()
              .get(ADMIN_WITHIN.toSeconds(), TimeUnit.SECONDS)
              .values()) {
        topic
            .partitions()
            .forEach(
                partition ->
                    partitions.add(new TopicPartition(topic.name(), partition.partition())));
      }
      return LogEnds.written(admin, partitions, ADMIN_WITHIN);
    } catch (TimeoutException e) {
      throw new ExecutionException("the broker does not say where the log ends", e);
    } finally {
      admin.close(Duration.ZERO); // with patience it waits for a broker that is away
    }
  }

  /** Completes when a reader ends; exceptionally where it failed. */
  public CompletableFuture<Void> ended() {
    return CompletableFuture.anyOf(answers.ended(), shown.ended()).thenApply(any -> null);
  }

  @Override
  public void close() {
    opened.close();
  }
}
