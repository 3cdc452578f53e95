package org.rlhfstreams.cli.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.datasets.BadRow;
import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.DeadLetterSize;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * Publishes to {@code preferences} what the topic does not have of a data set. All rows are checked
 * before the first is sent; bad ones become dead letters with their reason, once. Each row is
 * visible as soon as it is sent: an import that is killed has published those before, and the next
 * import of the same files publishes the rest.
 */
public final class PreferenceImport {
  private static final String STAGE = "preferences import";

  private final KafkaConnection connection;

  public PreferenceImport(KafkaConnection connection) {
    this.connection = connection;
  }

  /**
   * Says what files hold, before anything is published.
   *
   * @param strict whether one bad row is one too many
   * @throws org.rlhfstreams.common.ExplainedException if a file cannot be read, or too many rows
   *     are bad
   */
  public static void check(PreferenceDataset data, boolean strict) {
    RowReport.print(data.check(), strict);
  }

  /**
   * Publishes what has been checked; rows of files with different names are different ones.
   *
   * @throws CommandException if not all could be published
   */
  public ImportCounts run(PreferenceDataset data) {
    KnownRows known = KnownRows.ofPreferences(connection, KnownRows.Key.FILE_AND_CONTENT);
    if (!known.isComplete()) {
      System.out.println(
          "this client may not read "
              + connection.topics().preferences().name()
              + ", so all rows are published, whether it has them or not; each counts once");
    }
    return publish(data, known);
  }

  /**
   * Publishes what has been checked.
   *
   * @param known the rows that are there; published ones are added
   */
  ImportCounts run(PreferenceDataset data, KnownRows known) {
    return publish(data, known);
  }

  private ImportCounts publish(PreferenceDataset data, KnownRows known) {
    Publication publication = new Publication(known);
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      data.forEach(
          preference -> publication.send(producer, preference),
          row -> publication.send(producer, letter(row)));
      producer.flush();
    }
    return publication.counts();
  }

  /** One run over the rows. */
  private final class Publication {
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final KnownRows known;
    private Optional<KnownLetters> letters = Optional.empty();
    private long there;

    Publication(KnownRows known) {
      this.known = known;
    }

    void send(KafkaProducer<String, Object> producer, Preference preference) {
      if (!known.add(preference.getPreferenceId())) {
        there++;
        return;
      }
      String topic = connection.topics().preferences().name();
      producer.send(
          new ProducerRecord<>(topic, 0, preference.getPreferenceId(), preference),
          (record, error) -> {
            if (error == null) {
              acknowledged.incrementAndGet();
            }
            failure.compareAndSet(null, error);
          });
    }

    void send(KafkaProducer<String, Object> producer, DeadLetter letter) {
      if (letters.isEmpty()) {
        letters = Optional.of(KnownLetters.read(connection));
      }
      if (letters.get().add(letter)) {
        producer.send(
            record(connection, letter), (record, error) -> failure.compareAndSet(null, error));
      }
    }

    ImportCounts counts() {
      Exception error = failure.get();
      if (error != null) {
        new BrokerRefusal(connection).endIn(error);
        throw new CommandException(
            String.format(
                Locale.ROOT,
                "published %,d preferences, but not all: %s; the same command publishes the rest",
                acknowledged.get(),
                error.getMessage()),
            error);
      }
      return new ImportCounts(acknowledged.get(), there);
    }
  }

  /** A bad row's letter as the log takes it. */
  static ProducerRecord<String, Object> record(KafkaConnection connection, DeadLetter letter) {
    return new ProducerRecord<>(
        connection.topics().deadLetters().name(), letter.getTopic(), letter);
  }

  /** What a bad row becomes. */
  static DeadLetter letter(BadRow row) {
    return DeadLetterSize.fitted(
        DeadLetter.newBuilder()
            .setTopic(row.place().file())
            .setPartition(0)
            .setOffset(row.place().number())
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
