package org.rlhfstreams.people.publish;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
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
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.index.TemporaryIndex;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.kafka.RecordTransactions;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.rlhfstreams.service.log.CommittedLog;

/**
 * Publishes annotations of an export that the log lacks, by the same rule as the webhooks. All that
 * an annotation changes is in one transaction: an import that is killed has published annotations
 * whole, and the next one publishes the rest. It reads the log once, when it is made: an annotation
 * that its author changes at the same moment may count twice until the next import.
 */
public final class AnnotationImport implements AutoCloseable {
  private static final int MOST_TOGETHER = 500;

  private final ShutdownSequence opened = new ShutdownSequence();
  private final Topics topics;
  private final PreferencesView preferences;
  private final JudgementsView judgements;
  private final RevisionRule rule;
  private final RecordTransactions transactions;
  private final List<ProducerRecord<String, Object>> waiting = new ArrayList<>();

  /** What became of an annotation. */
  public enum Fate {
    /** Published, at the latest by {@link AnnotationImport#finish}. */
    ADDED,
    /** The log has it, or a newer revision of it. */
    KNOWN,
    /** The log has something else under its id and time. */
    CONTRADICTED
  }

  /**
   * Reads what the log has. Another import that is at work ends with an error.
   *
   * @throws ExplainedException if it cannot be read, or this client may not write
   * @throws KafkaException if the broker is away
   */
  public AnnotationImport(KafkaConnection connection) {
    try {
      this.topics = connection.topics();
      // First, since it ends what a killed import has left open and reading would wait for.
      this.transactions = opened.add(open(connection));
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
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static RecordTransactions open(KafkaConnection connection) {
    try {
      return RecordTransactions.open(connection, GroupNames.ANNOTATION_IMPORT);
    } catch (TransactionalIdAuthorizationException e) {
      throw new ExplainedException(
          String.format(
              Locale.ROOT,
              "this client may not write the transactional id %s%s, without which an annotation"
                  + " could be published in part: allow it, or bring them with rlhf people sync,"
                  + " which needs no access to the broker",
              connection.topics().prefix(),
              GroupNames.ANNOTATION_IMPORT),
          e);
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

  /**
   * Publishes a revision if the log lacks it. After an error nothing more can be published.
   *
   * @throws KafkaException if the log does not take it, or some before it
   */
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
    waiting.addAll(changes.records(topics));
    changes.apply(preferences, judgements);
    if (waiting.size() >= MOST_TOGETHER) {
      finish();
    }
  }

  /**
   * Publishes what still waits.
   *
   * @throws KafkaException if the log does not take it
   */
  public void finish() {
    if (!waiting.isEmpty()) {
      transactions.send(waiting);
      waiting.clear();
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}
