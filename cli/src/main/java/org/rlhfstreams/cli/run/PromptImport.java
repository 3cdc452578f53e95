package org.rlhfstreams.cli.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.kafka.RecordTransactions;

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
  private final RecordTransactions transactions;
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
      KafkaConnection connection, RecordTransactions transactions, KnownRows known) {
    this.connection = connection;
    this.transactions = transactions;
    this.known = known;
  }

  /**
   * Reads which prompts are there. Another import that is at work ends with an error.
   *
   * @throws CommandException if the topic cannot be read or written
   */
  static PromptImport open(KafkaConnection connection, KnownRows.Key key) {
    return open(connection, key, false);
  }

  private static PromptImport open(KafkaConnection connection, KnownRows.Key key, boolean heldOut) {
    RecordTransactions transactions;
    try {
      // First, since it ends what a killed import has left open and reading would wait for.
      transactions = RecordTransactions.open(connection, GroupNames.PROMPT_IMPORT);
    } catch (KafkaException e) {
      throw failure(connection, 0, e);
    }
    try {
      return new PromptImport(
          connection, transactions, KnownRows.ofPrompts(connection, key, heldOut));
    } catch (RuntimeException e) {
      transactions.close();
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
   * Publishes those held-out prompts that the topic does not have, whatever their files are called.
   *
   * @param prompts all of them held out
   * @throws CommandException if not all could be published; the message says what to do
   */
  public static ImportCounts publishHeldOut(KafkaConnection connection, Source prompts) {
    try (PromptImport opened = open(connection, KnownRows.Key.CONTENT, true)) {
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
      transactions.send(
          part.stream()
              .map(
                  prompt -> new ProducerRecord<String, Object>(topic, prompt.getPromptId(), prompt))
              .toList());
    } catch (KafkaException e) {
      throw failure(connection, published, e);
    }
    published += part.size();
    part.clear();
    partCharacters = 0;
  }

  private static RuntimeException failure(
      KafkaConnection connection, long published, KafkaException error) {
    new BrokerRefusal(connection).endIn(error);
    return new CommandException(
        String.format(
            Locale.ROOT,
            "published %,d prompts, then no more: %s; the same command publishes the rest",
            published,
            reason(error)),
        error);
  }

  /** Why an import cannot go on. */
  static String reason(KafkaException error) {
    return RecordTransactions.isFenced(error)
        ? "another import has begun on this cluster"
        : RootCause.message(error);
  }

  @Override
  public void close() {
    transactions.close();
  }
}
