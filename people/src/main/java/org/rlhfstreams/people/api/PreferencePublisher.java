package org.rlhfstreams.people.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.live.PreferencesView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;

/** Publishes preferences, each once. */
final class PreferencePublisher {
  private final PreferencesView preferences;
  private final PublishedOnce once;
  private final String topic;

  PreferencePublisher(PreferencesView preferences, PublishedOnce once, String topic) {
    this.preferences = preferences;
    this.once = once;
    this.topic = topic;
  }

  /** Publishes one; completes with whether it is new. */
  CompletableFuture<Boolean> publish(Preference preference) {
    String id = preference.getPreferenceId();
    ContentDigest content = PreferencesView.content(preference);
    String key = "preference " + id;
    return once.publish(
        new PublishedOnce.Claim(key, key, content),
        () -> {
          requireNotTakenBack(id);
          return PublishedOnce.Known.of(preferences.find(id), content);
        },
        () -> List.of(record(preference)),
        () -> preferences.apply(preference));
  }

  private void requireNotTakenBack(String id) {
    if (preferences.find(id).isPresent() && !preferences.counts(id)) {
      throw ProblemException.at(
          "preferenceId",
          409,
          "Taken back",
          id + " was taken back, and stays so: send what is preferred now under another id");
    }
  }

  private ProducerRecord<String, Object> record(Preference preference) {
    return new ProducerRecord<>(topic, preference.getPreferenceId(), preference);
  }
}
