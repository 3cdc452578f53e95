package org.rlhfstreams.cli.run;

import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Publishes prompts, all or none. */
public final class PromptImport {
  private PromptImport() {}

  /** Whether any have been published. */
  public static boolean hasPrompts(KafkaConnection connection) {
    try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(connection.topics().prompts().name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      return consumer.endOffsets(partitions).values().stream().anyMatch(end -> end > 0);
    }
  }

  /** Publishes them in one transaction. */
  public static void publish(KafkaConnection connection, List<Prompt> prompts) {
    String topic = connection.topics().prompts().name();
    try (KafkaProducer<String, Object> producer =
        connection.transactionalProducer(GroupNames.PROMPT_IMPORT)) {
      producer.initTransactions();
      producer.beginTransaction();
      for (Prompt prompt : prompts) {
        // The commit fails where a send did.
        producer.send(new ProducerRecord<>(topic, prompt.getPromptId(), prompt));
      }
      producer.commitTransaction();
    }
  }
}
