package org.rlhfstreams.service.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that a transaction which its coordinator has forgotten does not hold up readers for
 * ever. A broker that was killed while it completed one can come back with the data and without the
 * markers; nobody would ever end it. What is aborted here was in no reader's hands yet, and its
 * owner, who goes on from the last committed offset, sends it again.
 */
public final class HangingTransactions {
  private static final Logger LOG = LoggerFactory.getLogger(HangingTransactions.class);
  private static final String OFFSETS = "__consumer_offsets";

  private final Admin admin;

  /**
   * @param admin not closed here
   */
  public HangingTransactions(Admin admin) {
    this.admin = admin;
  }

  /**
   * Aborts what a producer has left open. Only for its owner, and right after {@code
   * initTransactions}: until it begins another, it has none that is under way.
   *
   * @param transactionalId the producer's
   * @param topics that it may write to; those that are not there, or not for it, are left out
   * @param group whose offsets it commits
   * @throws KafkaException where the broker fails; where it does not allow it, that is logged
   */
  public void abort(String transactionalId, Collection<String> topics, String group) {
    try {
      long producerId =
          admin
              .describeTransactions(List.of(transactionalId))
              .description(transactionalId)
              .get()
              .producerId();
      List<TopicPartition> partitions = partitions(topics, group);
      DescribeProducersResult states = admin.describeProducers(partitions);
      for (TopicPartition partition : partitions) {
        for (ProducerState producer : producers(states, partition)) {
          if (producer.producerId() == producerId
              && producer.currentTransactionStartOffset().isPresent()) {
            abort(partition, producer);
          }
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        // Only who may change the cluster may end a transaction from outside.
        LOG.warn(
            "a transaction of {} that a crash of the broker left open is not looked for, or not ended"
                + " ({}); readers that wait for one are freed by kafka-transactions.sh find-hanging"
                + " and abort",
            transactionalId,
            e.getCause().getMessage());
        return;
      }
      throw new KafkaException("open transactions cannot be looked for: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  /** None where it may not be seen: who writes to a topic need not be allowed to read it. */
  private static List<ProducerState> producers(
      DescribeProducersResult states, TopicPartition partition)
      throws ExecutionException, InterruptedException {
    try {
      return states.partitionResult(partition).get().activeProducers();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicAuthorizationException) {
        return List.of();
      }
      throw e;
    }
  }

  private void abort(TopicPartition partition, ProducerState producer)
      throws ExecutionException, InterruptedException {
    long start = producer.currentTransactionStartOffset().getAsLong();
    LOG.info("{}: ending the transaction that a crash left open at offset {}", partition, start);
    admin
        .abortTransaction(
            new AbortTransactionSpec(
                partition,
                producer.producerId(),
                (short) producer.producerEpoch(),
                producer.coordinatorEpoch().orElse(0)))
        .all()
        .get();
  }

  private List<TopicPartition> partitions(Collection<String> topics, String group)
      throws ExecutionException, InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    for (KafkaFuture<TopicDescription> described :
        admin.describeTopics(topics).topicNameValues().values()) {
      try {
        TopicDescription topic = described.get();
        for (int i = 0; i < topic.partitions().size(); i++) {
          partitions.add(new TopicPartition(topic.name(), i));
        }
      } catch (ExecutionException e) {
        boolean notOurs =
            e.getCause() instanceof UnknownTopicOrPartitionException
                || e.getCause() instanceof TopicAuthorizationException;
        if (!notOurs) {
          throw e;
        }
      }
    }
    boolean offsetsExist =
        admin
            .listTopics(new ListTopicsOptions().listInternal(true))
            .names()
            .get()
            .contains(OFFSETS);
    if (offsetsExist) {
      int count =
          admin
              .describeTopics(List.of(OFFSETS))
              .allTopicNames()
              .get()
              .get(OFFSETS)
              .partitions()
              .size();
      partitions.add(new TopicPartition(OFFSETS, Utils.abs(group.hashCode()) % count));
    }
    return partitions;
  }
}
