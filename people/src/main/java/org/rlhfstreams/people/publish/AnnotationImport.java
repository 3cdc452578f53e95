package org.rlhfstreams.people.publish;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.integrations.Revision;
import org.rlhfstreams.people.live.ComparisonsView;
import org.rlhfstreams.people.live.JudgementsView;
import org.rlhfstreams.people.live.PreferencesView;
import org.rlhfstreams.schemas.RevisionId;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.index.TemporaryIndex;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.log.CommittedLog;

/**
 * Publishes annotations of an export that the log lacks, by the same rule as the webhooks. It reads
 * the log once, when it is made: an annotation that its author changes at the same moment may count
 * twice until the next import.
 */
public final class AnnotationImport implements AutoCloseable {
  private final ShutdownSequence opened = new ShutdownSequence();
  private final Topics topics;
  private final PreferencesView preferences;
  private final JudgementsView judgements;
  private final RevisionRule rule;
  private final KafkaProducer<String, Object> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /** What became of an annotation. */
  public enum Fate {
    /** Published. */
    ADDED,
    /** The log has it, or a newer revision of it. */
    KNOWN,
    /** The log has something else under its id and time. */
    CONTRADICTED
  }

  /**
   * Reads what the log has.
   *
   * @throws ExplainedException if it cannot be read
   */
  public AnnotationImport(KafkaConnection connection) {
    try {
      this.topics = connection.topics();
      TemporaryIndex index =
          opened.add(
              TemporaryIndex.open(
                  Path.of(System.getProperty("java.io.tmpdir"), "rlhf-import"),
                  "-Djava.io.tmpdir"));
      this.preferences = new PreferencesView(index);
      this.judgements = new JudgementsView(index);
      ComparisonsView comparisons = new ComparisonsView();
      read(connection, comparisons);
      this.rule = new RevisionRule(preferences, judgements, comparisons);
      this.producer = opened.add(connection.producer());
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void read(KafkaConnection connection, ComparisonsView comparisons) {
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          topics.comparisons(),
          connection.decoder(Comparison.class),
          (record, comparison) -> comparisons.apply(comparison));
      log.read(
          topics.judgements(),
          connection.decoder(Judgement.class),
          (record, judgement) -> judgements.apply(judgement));
      log.read(
          topics.preferences(),
          connection.decoder(Preference.class),
          (record, preference) -> preferences.apply(preference));
    } catch (AuthorizationException e) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "this client may not read %s and %s, so that it is not known which annotations are"
                  + " there, and some would count twice: allow it, or bring them with rlhf people"
                  + " sync, which needs no access to the broker",
              topics.judgements().name(),
              topics.preferences().name()),
          e);
    } catch (ExecutionException e) {
      throw new ExplainedException(
          "the log cannot be read, so that it is not known which annotations are there: "
              + RootCause.message(e)
              + "; try again once the broker answers",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExplainedException("interrupted before anything was published", e);
    }
  }

  /** The applications that Label Studio's annotations in the log have come from. */
  public List<String> labelStudioApplications() {
    return preferences.applications(RevisionId.LABEL_STUDIO);
  }

  /** Publishes a revision if the log lacks it; {@link #finish} says whether it is there. */
  public Fate publish(Revision revision, Instant now) {
    rule.repair(revision, now).ifPresent(this::send);
    Optional<RevisionChanges> found = rule.changes(revision, now);
    if (found.isEmpty()) {
      return Fate.KNOWN;
    }
    RevisionChanges changes = found.get();
    ContentDigest content = PreferencesView.content(changes.said());
    Optional<ContentDigest> before = preferences.find(changes.said().getPreferenceId());
    if (before.isPresent()) {
      return before.get().equals(content) ? Fate.KNOWN : Fate.CONTRADICTED;
    }
    send(changes);
    return Fate.ADDED;
  }

  private void send(RevisionChanges changes) {
    for (ProducerRecord<String, Object> record : changes.records(topics)) {
      producer.send(record, (sent, error) -> failure.compareAndSet(null, error));
    }
    changes.apply(preferences, judgements);
  }

  /**
   * Waits until the log has all of it.
   *
   * @return why it has not
   */
  public Optional<Exception> finish() {
    producer.flush();
    return Optional.ofNullable(failure.get());
  }

  @Override
  public void close() {
    opened.close();
  }
}
