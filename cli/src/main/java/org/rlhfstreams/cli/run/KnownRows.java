package org.rlhfstreams.cli.run;

import java.util.Locale;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.datasets.RowIdentities;
import org.rlhfstreams.datasets.RowIdentity;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.learner.data.IdentityDigests;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/**
 * The rows that a topic holds, from one reading of it. A row takes 24 to 48 bytes in memory, and
 * less than 100 more during the reading.
 */
final class KnownRows {
  private static final int NAMED_FILES = 3;

  private final Key key;
  private final IdentityDigests rows = new IdentityDigests();
  private final NavigableSet<String> files = new TreeSet<>();
  private long count;
  private boolean complete = true;

  /** What makes two rows the same. */
  enum Key {
    /** What they say and the name of their file; of rows without a file, their id. */
    FILE_AND_CONTENT,
    /** What they say. Rows that come from no file do not count. */
    CONTENT
  }

  private KnownRows(Key key) {
    this.key = key;
  }

  /**
   * The prompts on the topic that are sampled to learn from.
   *
   * @throws CommandException if it cannot be read
   */
  static KnownRows ofPrompts(KafkaConnection connection, Key key) {
    return ofPrompts(connection, key, false);
  }

  /**
   * The prompts on the topic.
   *
   * @param heldOut those that are held out, or the others
   * @throws CommandException if it cannot be read
   */
  static KnownRows ofPrompts(KafkaConnection connection, Key key, boolean heldOut) {
    RowIdentities identities = new RowIdentities();
    return new KnownRows(key)
        .read(
            connection,
            connection.topics().prompts(),
            Prompt.class,
            prompt -> prompt.getHeldOut() == heldOut,
            Prompt::getPromptId,
            identities::of);
  }

  /**
   * The preferences on the topic, those that were taken back too. Who brings in what people think
   * need not be allowed to read it: then none are known.
   *
   * @throws CommandException if it cannot be read
   */
  static KnownRows ofPreferences(KafkaConnection connection, Key key) {
    RowIdentities identities = new RowIdentities();
    KnownRows known = new KnownRows(key);
    try {
      return known.read(
          connection,
          connection.topics().preferences(),
          Preference.class,
          preference -> true,
          Preference::getPreferenceId,
          identities::of);
    } catch (AuthorizationException e) {
      known.complete = false;
      return known;
    }
  }

  private <T extends SpecificRecord> KnownRows read(
      KafkaConnection connection,
      Topic topic,
      Class<T> event,
      Predicate<T> counts,
      Function<T, String> id,
      Function<T, Optional<RowIdentity>> identity) {
    IdentityDigests ids = new IdentityDigests();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          topic,
          connection.decoder(event),
          (record, row) -> {
            if (counts.test(row)
                && ids.add(id.apply(row))) { // an import that was killed may have sent it twice
              note(id.apply(row), identity.apply(row));
            }
          });
      return this;
    } catch (ExecutionException e) {
      new BrokerRefusal(connection).endIn(e);
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "%s cannot be read, so that it is not known which rows it has: %s; try again once the"
                  + " broker answers",
              topic.name(),
              RootCause.message(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted before anything was published", e);
    }
  }

  private void note(String id, Optional<RowIdentity> identity) {
    identity.map(RowIdentity::file).ifPresent(files::add);
    Optional<String> row = identity.map(this::key);
    if (row.isPresent()) {
      addKey(row.get());
    } else if (key == Key.FILE_AND_CONTENT) {
      addKey(id);
    }
  }

  private String key(RowIdentity identity) {
    return key == Key.CONTENT ? identity.row() : identity.text();
  }

  private String key(String id) {
    return RowIdentity.parse(id).map(this::key).orElse(id);
  }

  private boolean addKey(String row) {
    boolean isNew = rows.add(row);
    if (isNew) {
      count++;
    }
    return isNew;
  }

  /**
   * Notes a row.
   *
   * @param id of its event, as an import gives it
   * @return whether it is new
   */
  boolean add(String id) {
    return addKey(key(id));
  }

  /**
   * Whether a row has been noted.
   *
   * @param id of its event, as an import gives it
   */
  boolean contains(String id) {
    return rows.contains(key(id));
  }

  /** Whether the topic could be read. */
  boolean isComplete() {
    return complete;
  }

  /** How many there are. */
  long count() {
    return count;
  }

  /** For messages: {@code a.jsonl, b.jsonl}; the first of them if there are many. */
  String files() {
    if (files.size() <= NAMED_FILES) {
      return String.join(", ", files);
    }
    return String.format(
        Locale.ROOT,
        "%s and %,d more files",
        String.join(", ", files.stream().limit(NAMED_FILES).toList()),
        files.size() - NAMED_FILES);
  }
}
