package org.rlhfstreams.service.log;

import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * The rule that offsets are gone on from in the same log only. A topic that was deleted and made
 * anew under its name, or one of another cluster, has other records at the same offsets; the
 * broker's id of the topic tells them apart.
 */
public final class LogIdentity {
  private final KafkaConnection connection;

  public LogIdentity(KafkaConnection connection) {
    this.connection = connection;
  }

  /**
   * The broker's ids of topics, by name.
   *
   * @throws KafkaException if the broker does not say
   */
  public Map<String, String> of(Collection<String> topics) {
    try (Admin admin = connection.admin()) {
      Map<String, String> ids = new HashMap<>();
      admin
          .describeTopics(topics)
          .allTopicNames()
          .get()
          .forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
      return ids;
    } catch (ExecutionException e) {
      throw new KafkaException("the ids of " + topics + " cannot be asked for: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  /**
   * Checks that a topic is still the one that was read.
   *
   * @param reader who has read it, for the message
   * @param before its id then
   * @param now its id now
   * @throws ConnectionException if it is another
   */
  public static void requireSame(
      String reader, String topic, long offset, String before, String now) {
    if (!before.equals(now)) {
      throw new ConnectionException(
          String.format(
              Locale.ROOT,
              ("%s has read %s up to offset %d, but %s is another log now (topic id %s, was %s): it was"
                  + " deleted and made anew, or this is another cluster. Name the broker that has the"
                  + " run's in connection.bootstrap-servers, or start a new run with another"
                  + " connection.topic-prefix"),
              reader,
              topic,
              offset,
              topic,
              now,
              before));
    }
  }
}
