package org.rlhfstreams.cli.run;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.datasets.BadRow;
import org.rlhfstreams.datasets.InputRow;
import org.rlhfstreams.datasets.InputRows;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.people.integrations.LabelStudioExport;
import org.rlhfstreams.people.integrations.LabelStudioExport.Entry;
import org.rlhfstreams.people.publish.AnnotationImport;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * Publishes Label Studio's exports, {@code JSON} and {@code JSON_MIN}: each annotation has the
 * identity that its webhook gives it, so that catching up counts nothing twice.
 */
public final class LabelStudioImport {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String UNGUARDED = "local";
  private static final String KIND = "annotation";

  private final List<Path> files;

  public LabelStudioImport(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /** Whether a file is such an export, by its first row. */
  public static boolean isExport(Path file) {
    if (!String.valueOf(file.getFileName()).endsWith(".json") || !Files.isRegularFile(file)) {
      return false;
    }
    try (JsonParser parser = MAPPER.createParser(file.toFile())) {
      if (parser.nextToken() != JsonToken.START_ARRAY
          || parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      JsonNode first = MAPPER.readTree(parser);
      return LabelStudioExport.isRow(new JsonObject(first.toString()));
    } catch (IOException e) {
      return false; // the reader of all files says what is wrong with it
    }
  }

  /**
   * Says what files hold, before anything is published.
   *
   * @param strict whether one bad annotation is one too many
   * @throws org.rlhfstreams.common.ExplainedException if a file cannot be read, more than half of
   *     the annotations are bad, or one is and none may be
   */
  public void check(boolean strict) {
    long[] good = {0};
    long[] bad = {0};
    for (Path file : files) {
      long before = good[0];
      read(
          file,
          UNGUARDED,
          (row, entry) -> {
            if (entry.revision().isPresent()) {
              good[0]++;
            } else if (bad[0]++ < 3) {
              System.out.println("  " + bad(row, entry).described());
            }
          });
      System.out.printf(
          Locale.ROOT,
          "%s: Label Studio export, %,d annotations%n",
          file.getFileName(),
          good[0] - before);
    }
    if (!files.isEmpty() && good[0] + bad[0] == 0) {
      throw new CommandException(
          "there are no annotations in the exports of Label Studio: nobody has annotated a task");
    }
    if (bad[0] > good[0] || (strict && bad[0] > 0)) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "%,d of %,d annotations are bad%s",
              bad[0],
              good[0] + bad[0],
              strict
                  ? " and --strict was given: mend them, or leave --strict out to go on without"
                      + " them"
                  : ": is this an export of tasks with prompt, first and second?"));
    }
  }

  private static void read(Path file, String application, BiConsumer<InputRow, Entry> consumer) {
    Instant now = Instant.now();
    new InputRows(file)
        .forEach(
            row -> {
              JsonObject json = new JsonObject(row.json().toString());
              LabelStudioExport.read(json, "", application, now)
                  .forEach(entry -> consumer.accept(row, entry));
            });
  }

  private static BadRow bad(InputRow row, Entry entry) {
    return new BadRow(
        row.place(),
        row.json().toString(),
        KIND,
        entry.name() + ": " + entry.problem().orElseThrow().getMessage());
  }

  /**
   * Publishes what the log lacks.
   *
   * @param named whose annotations they are, if it is said
   * @throws CommandException if not all could be published
   * @throws ConfigurationException if it must be said whose they are
   */
  public ImportCounts run(KafkaConnection connection, Optional<String> named) {
    try (AnnotationImport annotations = new AnnotationImport(connection);
        KafkaProducer<String, Object> producer = connection.producer()) {
      String application = application(annotations.labelStudioApplications(), named);
      Publication publication = new Publication(connection, annotations, producer);
      files.forEach(file -> read(file, application, publication::take));
      producer.flush();
      annotations.finish();
      return new ImportCounts(publication.added, publication.known);
    } catch (KafkaException e) {
      new BrokerRefusal(connection).endIn(e);
      throw new CommandException(
          "not all annotations were published: "
              + PromptImport.reason(e)
              + "; the same command publishes the rest",
          e);
    }
  }

  /** The name is a part of an annotation's identity: another one would count it twice. */
  private static String application(List<String> known, Optional<String> named) {
    if (named.isPresent()) {
      return named.get();
    }
    if (known.size() > 1) {
      throw new ConfigurationException(
          "annotations of Label Studio have come from "
              + String.join(", ", known)
              + ": say with --application which token's webhook is the one of these files");
    }
    if (known.isEmpty()) {
      System.out.println(
          "the log has no annotations of Label Studio: these go under the name "
              + UNGUARDED
              + ", which its webhook has if it sends no token; --application says another");
      return UNGUARDED;
    }
    return known.get(0);
  }

  /** One run over the rows. */
  private static final class Publication {
    private final KafkaConnection connection;
    private final AnnotationImport annotations;
    private final KafkaProducer<String, Object> producer;
    private Optional<KnownLetters> letters = Optional.empty();
    private long added;
    private long known;

    Publication(
        KafkaConnection connection,
        AnnotationImport annotations,
        KafkaProducer<String, Object> producer) {
      this.connection = connection;
      this.annotations = annotations;
      this.producer = producer;
    }

    void take(InputRow row, Entry entry) {
      if (entry.revision().isEmpty()) {
        bury(PreferenceImport.letter(bad(row, entry)));
        return;
      }
      switch (annotations.publish(entry.revision().get(), Instant.now())) {
        case ADDED -> added++;
        case KNOWN -> known++;
        case CONTRADICTED ->
            bury(
                PreferenceImport.letter(
                    new BadRow(
                        row.place(),
                        row.json().toString(),
                        KIND,
                        entry.name()
                            + " was published before with the same time, and says something"
                            + " else")));
      }
    }

    private void bury(DeadLetter letter) {
      if (letters.isEmpty()) {
        letters = Optional.of(KnownLetters.read(connection));
      }
      if (letters.get().add(letter)) {
        producer.send(PreferenceImport.record(connection, letter));
      }
    }
  }
}
