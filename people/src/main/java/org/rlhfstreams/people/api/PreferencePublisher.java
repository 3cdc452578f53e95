package org.rlhfstreams.people.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.integrations.Revision;
import org.rlhfstreams.people.live.ContentDigest;
import org.rlhfstreams.people.live.PreferencesView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;

/** Publishes preferences, each once, one by one or many at a time. */
final class PreferencePublisher {
  private final PreferencesView preferences;
  private final PublishedOnce once;
  private final String topic;

  PreferencePublisher(PreferencesView preferences, PublishedOnce once, String topic) {
    this.preferences = preferences;
    this.once = once;
    this.topic = topic;
  }

  /**
   * What became of one of many.
   *
   * @param published whether it is new; not there where it is refused
   * @param problem why it is refused; null where it is not
   */
  record Outcome(CompletableFuture<Boolean> published, ProblemException problem) {
    static Outcome refused(ProblemException problem) {
      return new Outcome(CompletableFuture.completedFuture(false), problem);
    }
  }

  /** Publishes one; completes with whether it is new. */
  CompletableFuture<Boolean> publish(Preference preference) {
    String id = preference.getPreferenceId();
    ContentDigest content = PreferencesView.content(preference);
    String key = "preference " + id;
    return once.publish(
        new PublishedOnce.Claim(key, key, content),
        () -> known(id, content),
        () -> List.of(record(preference)),
        () -> preferences.apply(preference));
  }

  private PublishedOnce.Known known(String id, ContentDigest content) {
    Optional<ContentDigest> before = preferences.find(id);
    if (before.isEmpty()) {
      return PublishedOnce.Known.NOTHING;
    }
    return before.get().equals(content) ? PublishedOnce.Known.SAME : PublishedOnce.Known.OTHER;
  }

  private ProducerRecord<String, Object> record(Preference preference) {
    return new ProducerRecord<>(topic, preference.getPreferenceId(), preference);
  }

  /** As {@link #publish}, but a refusal is an outcome; that nothing is taken now is none. */
  Outcome tryPublish(Preference preference) {
    try {
      return new Outcome(publish(preference), null);
    } catch (ProblemException e) {
      if (e.status() >= 500) {
        throw e;
      }
      return Outcome.refused(e);
    }
  }

  /**
   * Publishes what an annotation tool says now and takes back what it said before, both at once.
   * Empty where there is nothing to do.
   */
  Optional<Outcome> revise(Revision revision, Instant now) {
    once.requireSession(); // before that the views may lack the revision before
    Optional<String> before = preferences.newestRevision(revision.annotation());
    String id = Revision.id(revision.annotation(), revision.at());
    if (before.isPresent() && before.get().compareTo(id) > 0) {
      return Optional.empty(); // it has come late
    }
    List<Preference> changes = new ArrayList<>();
    before
        .filter(earlier -> !earlier.equals(id) && preferences.counts(earlier))
        .ifPresent(earlier -> changes.add(withdrawal(earlier, now)));
    revision.preference().ifPresent(changes::add);
    if (changes.isEmpty()) {
      return Optional.empty();
    }
    Preference last = changes.get(changes.size() - 1);
    ContentDigest content = PreferencesView.content(last);
    try {
      return Optional.of(
          new Outcome(
              once.publish(
                  new PublishedOnce.Claim(
                      "revision " + id, "annotation " + revision.annotation(), content),
                  () ->
                      last.getWithdrawn()
                          ? PublishedOnce.Known.NOTHING
                          : known(last.getPreferenceId(), content),
                  () -> changes.stream().map(this::record).toList(),
                  () -> changes.forEach(preferences::apply)),
              null));
    } catch (ProblemException e) {
      if (e.status() >= 500) {
        throw e;
      }
      return Optional.of(Outcome.refused(e));
    }
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

  /**
   * Completes when all are decided, with the answer that counts them; exceptionally where of one it
   * is not known.
   */
  static CompletableFuture<ApiResponse> answer(List<Outcome> outcomes) {
    return CompletableFuture.allOf(
            outcomes.stream().map(Outcome::published).toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              int accepted = 0;
              int repeated = 0;
              JsonArray refused = new JsonArray();
              for (int i = 0; i < outcomes.size(); i++) {
                Outcome outcome = outcomes.get(i);
                if (outcome.problem() != null) {
                  refused.add(
                      new JsonObject()
                          .put("index", i)
                          .put("field", outcome.problem().field().orElse(null))
                          .put("detail", outcome.problem().getMessage()));
                } else if (isNew(outcome)) {
                  accepted++;
                } else {
                  repeated++;
                }
              }
              return ApiResponse.of(
                  200,
                  new JsonObject()
                      .put("accepted", accepted)
                      .put("repeated", repeated)
                      .put("refused", refused));
            });
  }

  private static boolean isNew(Outcome outcome) {
    try {
      return outcome.published().join();
    } catch (CompletionException e) {
      throw new IllegalStateException("all are decided", e);
    }
  }
}
