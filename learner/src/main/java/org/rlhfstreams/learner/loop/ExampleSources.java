package org.rlhfstreams.learner.loop;

import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.data.ScoredSamples;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.ObjectiveName;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** The sources of the two topics that objectives learn from, as they are configured. */
public final class ExampleSources {
  private ExampleSources() {}

  /**
   * {@code scored-rollouts} in the order of the log.
   *
   * @param range all that comes, for a run that it is made for; a part, to learn it again
   */
  public static ExampleSource<ScoredSample> rollouts(
      KafkaConnection connection, ScoredSamples samples, RangeConfiguration range) {
    return new FollowingSource<>(
        connection,
        onlyPartition(connection.topics().scoredRollouts()),
        ScoredRollout.class,
        range,
        BatchRule.full(connection.configuration().learner().batchSize()),
        scored -> List.of(samples.convert(scored)),
        1,
        CountedOnce.already());
  }

  /** {@code preferences}: epochs over the configured range, or one pass that goes on for ever. */
  public static <E extends Example> ExampleSource<E> preferences(
      KafkaConnection connection, PreferenceConverter<E> converter) {
    LearnerConfiguration learner = connection.configuration().learner();
    RangeConfiguration range = connection.configuration().range();
    TopicPartition partition = onlyPartition(connection.topics().preferences());
    if (!range.isLive()) {
      return new OfflineSource<>(connection, partition, range, learner, converter);
    }
    // A labelled response is measured against another one's prompt.
    int smallest = learner.objective() == ObjectiveName.KTO ? 2 : 1;
    return new FollowingSource<>(
        connection,
        partition,
        Preference.class,
        range,
        new BatchRule(learner.batchSize(), smallest, range.maxWait()),
        converter,
        0,
        CountedOnce.by(Preference::getPreferenceId));
  }

  /** Topics whose order is the order of training have one partition. */
  private static TopicPartition onlyPartition(Topic topic) {
    return new TopicPartition(topic.name(), 0);
  }
}
