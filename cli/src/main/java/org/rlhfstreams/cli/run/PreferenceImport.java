package org.rlhfstreams.cli.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.datasets.BadRow;
import org.rlhfstreams.datasets.DatasetSummary;
import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.DeadLetterSize;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * Publishes a data set to {@code preferences}. All rows are checked before the first is sent; bad
 * ones become dead letters with their reason.
 */
public final class PreferenceImport {
  private static final String STAGE = "preferences import";

  private final KafkaConnection connection;

  public PreferenceImport(KafkaConnection connection) {
    this.connection = connection;
  }

  /**
   * Checks and publishes.
   *
   * @param strict whether one bad row is one too many
   * @return what was there
   * @throws CommandException where a file cannot be read, or too many rows are bad
   */
  public DatasetSummary run(PreferenceDataset data, boolean strict) {
    DatasetSummary summary = data.check();
    summary.print(System.out);
    if (strict && summary.badRows() > 0) {
      throw new CommandException(
          String.format(
                  Locale.ROOT,
                  "%,d rows are bad and --strict was given: mend them, or leave --strict out and find them",
                  summary.badRows())
              + " in dead-letters");
    }
    String topic = connection.topics().preferences().name();
    AtomicReference<Exception> failure = new AtomicReference<>();
    Callback first = (record, error) -> failure.compareAndSet(null, error);
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      data.forEach(
          preference -> {
            producer.send(
                new ProducerRecord<>(topic, 0, preference.getPreferenceId(), preference), first);
          },
          row -> {
            producer.send(
                new ProducerRecord<>(
                    connection.topics().deadLetters().name(), row.file(), letter(row)),
                first);
          });
      producer.flush();
    }
    if (failure.get() != null) {
      new BrokerRefusal(connection).endIn(failure.get());
      throw new CommandException(
          "not every row was published: " + failure.get().getMessage(), failure.get());
    }
    return summary;
  }

  private static DeadLetter letter(BadRow row) {
    return DeadLetterSize.fitted(
        DeadLetter.newBuilder()
            .setTopic(row.file())
            .setPartition(0)
            .setOffset(row.number())
            .setKey(null)
            .setValue(ByteBuffer.wrap(row.content().getBytes(StandardCharsets.UTF_8)))
            .setHeaders(Map.of())
            .setStage(STAGE)
            .setReason(row.reason())
            .setKind(DeadLetterKind.ROW.text())
            .setLostRollouts(0)
            .setRefusedAt(Instant.now())
            .build());
  }
}
