package org.rlhfstreams.service.log;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Where partitions end. */
public final class LogEnds {
  private LogEnds() {}

  /**
   * Ends with everything that has been written, open transactions included. A reader of committed
   * records reaches them once those transactions have ended.
   *
   * @param within the longest wait for the broker
   * @return by partition, the offset after the newest record
   * @throws ExecutionException if the broker does not say
   */
  public static Map<TopicPartition, Long> written(
      Admin admin, Collection<TopicPartition> partitions, Duration within)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    try {
      admin
          .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
          .all()
          .get(within.toMillis(), TimeUnit.MILLISECONDS)
          .forEach((partition, end) -> ends.put(partition, end.offset()));
    } catch (TimeoutException e) {
      throw new ExecutionException("the broker does not say where the log ends", e);
    }
    return ends;
  }

  /**
   * The same of one partition.
   *
   * @throws KafkaException if the broker does not say
   */
  public static long written(Admin admin, TopicPartition partition, Duration within) {
    try {
      return written(admin, Set.of(partition), within).get(partition);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    } catch (ExecutionException e) {
      throw new KafkaException("the end of " + partition + " cannot be asked for", e);
    }
  }
}
