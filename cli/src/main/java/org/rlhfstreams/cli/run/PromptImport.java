package org.rlhfstreams.cli.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * Publishes the prompts that the topic does not have, in transactions of at most {@value
 * #PART_PROMPTS} prompts and about a mebibyte. A transaction is open only while it is sent, so that
 * neither a long file nor a slow one outlasts it. An import that is killed has published the
 * transactions before; the next import of the same file publishes the rest.
 */
public final class PromptImport implements AutoCloseable {
  static final int PART_PROMPTS = 1_000;
  private static final int PART_CHARACTERS = 1 << 20;

  private final KafkaConnection connection;
  private final KafkaProducer<String, Object> producer;
  private final KnownRows known;
  private final List<Prompt> part = new ArrayList<>();
  private int partCharacters;
  private long published;

  /** Prompts in an order that is the same each time, such as a file's or a list's. */
  @FunctionalInterface
  public interface Source {
    /** Hands over all of them. */
    void forEach(Consumer<Prompt> consumer);
  }

  private PromptImport(
      KafkaConnection connection, KafkaProducer<String, Object> producer, KnownRows.Key key) {
    this.connection = connection;
    this.producer = producer;
    try {
      // First, since it ends what a killed import has left open and reading would wait for.
      producer.initTransactions();
    } catch (KafkaException e) {
      throw failure(e);
    }
    this.known = KnownRows.ofPrompts(connection, key);
  }

  /**
   * Reads which prompts are there. Another import that is at work ends with an error.
   *
   * @throws CommandException if the topic cannot be read or written
   */
  static PromptImport open(KafkaConnection connection, KnownRows.Key key) {
    KafkaProducer<String, Object> producer =
        connection.transactionalProducer(GroupNames.PROMPT_IMPORT);
    try {
      return new PromptImport(connection, producer, key);
    } catch (RuntimeException e) {
      producer.close();
      throw e;
    }
  }

  /**
   * Publishes those that the topic does not have; prompts of two files are different ones.
   *
   * @throws CommandException if not all could be published; the message says what to do
   */
  public static ImportCounts publish(KafkaConnection connection, Source prompts) {
    try (PromptImport opened = open(connection, KnownRows.Key.FILE_AND_CONTENT)) {
      return opened.run(prompts);
    }
  }

  /**
   * Says what files hold, before anything is published.
   *
   * @param strict whether one bad row is one too many
   * @throws org.rlhfstreams.common.ExplainedException if a file cannot be read, or too many rows
   *     are bad
   */
  public static void check(PromptDataset data, boolean strict) {
    RowReport.print(data.check(), strict);
  }

  /** The prompts that the topic had, and those that have been published here. */
  KnownRows known() {
    return known;
  }

  /**
   * Publishes those that are not known.
   *
   * @throws CommandException if not all could be published; the message says what to do
   */
  ImportCounts run(Source prompts) {
    long before = published;
    long[] there = {0};
    prompts.forEach(
        prompt -> {
          if (known.add(prompt.getPromptId())) {
            add(prompt);
          } else {
            there[0]++;
          }
        });
    send();
    return new ImportCounts(published - before, there[0]);
  }

  private void add(Prompt prompt) {
    int characters = characters(prompt);
    if (part.size() == PART_PROMPTS || partCharacters + characters > PART_CHARACTERS) {
      send();
    }
    part.add(prompt);
    partCharacters += characters;
  }

  private static int characters(Prompt prompt) {
    int characters = prompt.getText() == null ? 0 : prompt.getText().length();
    for (ChatMessage message : prompt.getMessages()) {
      characters += message.getContent().length();
    }
    for (String value : prompt.getMetadata().values()) {
      characters += value.length();
    }
    return characters;
  }

  private void send() {
    if (part.isEmpty()) {
      return;
    }
    String topic = connection.topics().prompts().name();
    try {
      producer.beginTransaction();
      for (Prompt prompt : part) {
        // The commit fails if a send did.
        producer.send(new ProducerRecord<>(topic, prompt.getPromptId(), prompt));
      }
      producer.commitTransaction();
    } catch (KafkaException e) {
      abort(e);
      throw failure(e);
    }
    published += part.size();
    part.clear();
    partCharacters = 0;
  }

  private void abort(KafkaException error) {
    try {
      producer.abortTransaction();
    } catch (KafkaException | IllegalStateException e) {
      error.addSuppressed(e); // the broker ends it when it times out
    }
  }

  private RuntimeException failure(KafkaException error) {
    new BrokerRefusal(connection).endIn(error);
    return new CommandException(
        String.format(
            Locale.ROOT,
            "published %,d prompts, then no more: %s; the same command publishes the rest",
            published,
            isFenced(error)
                ? "another import has begun on this cluster"
                : RootCause.message(error)),
        error);
  }

  private static boolean isFenced(Throwable error) {
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
