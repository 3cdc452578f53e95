package org.rlhfstreams.service.kafka;

import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * Publishes records in transactions. A transaction is open only while it is sent, so that no caller
 * is slow enough to outlast it.
 */
public final class RecordTransactions implements AutoCloseable {
  private final KafkaProducer<String, Object> producer;

  private RecordTransactions(KafkaProducer<String, Object> producer) {
    this.producer = producer;
  }

  /**
   * Takes the name, and ends what its owner before has left open.
   *
   * @param name of the transactions, without the prefix
   * @throws KafkaException if the broker refuses, or is away
   */
  public static RecordTransactions open(KafkaConnection connection, String name) {
    KafkaProducer<String, Object> producer = connection.transactionalProducer(name);
    try {
      producer.initTransactions();
      return new RecordTransactions(producer);
    } catch (RuntimeException e) {
      producer.close();
      throw e;
    }
  }

  /**
   * Publishes all of the records, or none if it fails.
   *
   * @throws KafkaException if it fails
   */
  public void send(List<ProducerRecord<String, Object>> records) {
    try {
      producer.beginTransaction();
      // The commit fails if a send did.
      records.forEach(producer::send);
      producer.commitTransaction();
    } catch (KafkaException e) {
      abort(e);
      throw e;
    }
  }

  private void abort(KafkaException error) {
    try {
      producer.abortTransaction();
    } catch (KafkaException | IllegalStateException e) {
      error.addSuppressed(e); // the broker ends it when it times out
    }
  }

  /** Whether an error says that another process has taken the name. */
  public static boolean isFenced(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProducerFencedException
          || cause instanceof InvalidProducerEpochException) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    producer.close();
  }
}
