package org.rlhfstreams.learner.loop;

import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.validation.HeldOutWindow;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** How {@code preferences} is read: in epochs over a range, or once over and for ever. */
public final class PreferenceSources {
  private static final String COUNTED = "counted-preferences";

  private PreferenceSources() {}

  /**
   * The source that is configured.
   *
   * @param heldOut takes what a run without an end holds out
   */
  public static <E extends Example> ExampleSource<E> of(
      KafkaConnection connection, PreferenceConverter<E> converter, HeldOutWindow<E> heldOut) {
    LearnerConfiguration learner = connection.configuration().learner();
    RangeConfiguration range = connection.configuration().range();
    TopicPartition partition = new TopicPartition(connection.topics().preferences().name(), 0);
    if (!range.isLive()) {
      return new OfflineSource<>(connection, partition, range, learner, converter);
    }
    int smallest = learner.objective().examples().smallestBatch();
    LiveRows<E> rows = new LiveRows<>(connection.configuration().live(), learner, heldOut);
    BatchRule rule = new BatchRule(rows.fresh(smallest), smallest, range.maxWait());
    return new LiveSource<>(
        connection, partition, range, rule, converter, rows, learner.output().resolve(COUNTED));
  }
}
