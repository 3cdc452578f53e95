package org.rlhfstreams.people.live;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Preference;

/** Which preferences there are: of each a digest of its id and one of what it says. */
public final class PreferencesView {
  private final Map<ContentDigest, ContentDigest> contentById = new HashMap<>();
  private final Set<ContentDigest> withdrawn = new HashSet<>();
  private final Map<String, NewestRevision> newestRevisions = new HashMap<>();

  /**
   * The newest revision of an annotation.
   *
   * @param preferenceId as it is in the log
   * @param at when it was made; {@link Instant#MAX} if the annotation was deleted
   */
  public record NewestRevision(String preferenceId, Instant at) {}

  /** A record of the topic; the first of an id says what it is. */
  public synchronized void apply(Preference preference) {
    ContentDigest id = ContentDigest.of(preference.getPreferenceId());
    contentById.putIfAbsent(id, content(preference));
    if (preference.getWithdrawn()) {
      withdrawn.add(id);
    }
    RevisionId.parse(preference.getPreferenceId())
        .ifPresent(
            revision ->
                newestRevisions.merge(
                    revision.annotation(),
                    new NewestRevision(preference.getPreferenceId(), revision.at()),
                    (before, now) -> now.at().isAfter(before.at()) ? now : before));
  }

  /** The newest revision of an annotation; of two with the same time, the first in the log. */
  public synchronized Optional<NewestRevision> newestRevision(String annotation) {
    return Optional.ofNullable(newestRevisions.get(annotation));
  }

  /** What the preference of that id says. */
  public synchronized Optional<ContentDigest> find(String preferenceId) {
    return Optional.ofNullable(contentById.get(ContentDigest.of(preferenceId)));
  }

  /** Whether there is one of that id which still counts. */
  public synchronized boolean counts(String preferenceId) {
    ContentDigest id = ContentDigest.of(preferenceId);
    return contentById.containsKey(id) && !withdrawn.contains(id);
  }

  /** All that whoever publishes it decides; not when it came. */
  public static ContentDigest content(Preference preference) {
    return ContentDigest.of(
        preference.getPrompt(),
        preference.getMessages().size(),
        preference.getChosen(),
        preference.getRejected(),
        preference.getLabel(),
        preference.getMargin(),
        preference.getWeight(),
        preference.getSource(),
        preference.getAnnotators());
  }
}
