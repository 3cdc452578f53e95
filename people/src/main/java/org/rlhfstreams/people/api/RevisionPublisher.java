package org.rlhfstreams.people.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.integrations.Revision;
import org.rlhfstreams.people.live.PreferencesView;
import org.rlhfstreams.people.live.PreferencesView.NewestRevision;
import org.rlhfstreams.people.live.RevisionId;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;

/**
 * The rule which revision of an annotation counts: the newest, by the instants of the tool's clock.
 * A deletion is newer than everything and final. Of two that say the same time the first stays, and
 * the other is refused. A revision that says nothing, such as a deletion, is in the log too, as a
 * withdrawal of its own id: an older one that comes after it, also after a restart, is late.
 */
final class RevisionPublisher {
  private final PreferencesView preferences;
  private final PublishedOnce once;
  private final String topic;
  private final Map<String, CompletableFuture<Void>> underWay = new HashMap<>();

  RevisionPublisher(PreferencesView preferences, PublishedOnce once, String topic) {
    this.preferences = preferences;
    this.once = once;
    this.topic = topic;
  }

  /**
   * Publishes what an annotation tool says now and takes back what it said before, both at once.
   * Revisions of one annotation are published one after the other.
   */
  CompletableFuture<SubmissionOutcome> revise(Revision revision, Instant now) {
    String annotation = revision.annotation();
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> before;
    synchronized (underWay) {
      before = underWay.put(annotation, mine);
    }
    CompletableFuture<SubmissionOutcome> outcome =
        before == null
            ? publish(revision, now)
            : before.thenCompose(ended -> publish(revision, now));
    return outcome.whenComplete(
        (decided, failure) -> {
          synchronized (underWay) {
            underWay.remove(annotation, mine);
          }
          mine.complete(null);
        });
  }

  private CompletableFuture<SubmissionOutcome> publish(Revision revision, Instant now) {
    try {
      once.requireSession(); // before that the views may lack the revision before
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    RevisionId id = revision.id();
    Optional<NewestRevision> before = preferences.newestRevision(revision.annotation());
    if (before.isPresent() && before.get().at().isAfter(id.at())) {
      return CompletableFuture.completedFuture(SubmissionOutcome.LATE);
    }
    Optional<NewestRevision> same = before.filter(earlier -> earlier.at().equals(id.at()));
    // The log may have the same instant in another spelling.
    String preferenceId = same.map(NewestRevision::preferenceId).orElseGet(id::text);
    Preference said =
        revision
            .preference()
            .map(
                preference ->
                    Preference.newBuilder(preference).setPreferenceId(preferenceId).build())
            .orElseGet(() -> withdrawal(preferenceId, now));
    List<Preference> changes = new ArrayList<>();
    before
        .map(NewestRevision::preferenceId)
        .filter(earlier -> same.isEmpty() && preferences.counts(earlier))
        .ifPresent(earlier -> changes.add(withdrawal(earlier, now)));
    changes.add(said);
    ContentDigest content = PreferencesView.content(said);
    PublishedOnce.Claim claim =
        new PublishedOnce.Claim(
            "revision " + preferenceId, "annotation " + revision.annotation(), content);
    return SubmissionOutcome.of(
        () ->
            once.publish(
                claim,
                () -> PublishedOnce.Known.of(preferences.find(preferenceId), content),
                () -> changes.stream().map(this::record).toList(),
                () -> changes.forEach(preferences::apply)));
  }

  private ProducerRecord<String, Object> record(Preference preference) {
    return new ProducerRecord<>(topic, preference.getPreferenceId(), preference);
  }

  private static Preference withdrawal(String preferenceId, Instant now) {
    return Preference.newBuilder()
        .setPreferenceId(preferenceId)
        .setPrompt("")
        .setChosen("")
        .setSource("withdrawn")
        .setCreatedAt(now)
        .setWithdrawn(true)
        .build();
  }
}
