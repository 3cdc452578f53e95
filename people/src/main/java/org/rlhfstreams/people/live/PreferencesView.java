package org.rlhfstreams.people.live;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.events.Preference;

/** Which preferences there are: of each a digest of its id and one of what it says. */
public final class PreferencesView {
  private final Map<ContentDigest, ContentDigest> contentById = new HashMap<>();
  private final Set<ContentDigest> withdrawn = new HashSet<>();
  private final Map<String, String> newestRevisions = new HashMap<>();

  /** A record of the topic; the first of an id says what it is. */
  public synchronized void apply(Preference preference) {
    ContentDigest id = ContentDigest.of(preference.getPreferenceId());
    contentById.putIfAbsent(id, content(preference));
    if (preference.getWithdrawn()) {
      withdrawn.add(id);
    }
    int revision = preference.getPreferenceId().lastIndexOf('@');
    if (revision > 0) {
      newestRevisions.merge(
          preference.getPreferenceId().substring(0, revision),
          preference.getPreferenceId(),
          (before, now) -> before.compareTo(now) > 0 ? before : now);
    }
  }

  /** The newest id of those that are an annotation's name, the sign @ and a time. */
  public synchronized Optional<String> newestRevision(String annotation) {
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
