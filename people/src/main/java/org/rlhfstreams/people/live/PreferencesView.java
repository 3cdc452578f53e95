package org.rlhfstreams.people.live;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.service.index.IndexKey;
import org.rlhfstreams.service.index.TemporaryIndex;

/** Which preferences there are: of each a digest of what it says, and whether it counts. */
public final class PreferencesView {
  private final TemporaryIndex index;

  /**
   * @param index holds them; empty as yet
   */
  public PreferencesView(TemporaryIndex index) {
    this.index = index;
  }

  /**
   * The newest revision of an annotation.
   *
   * @param preferenceId as it is in the log
   * @param at when it was made; {@link Instant#MAX} if the annotation was deleted
   */
  public record NewestRevision(String preferenceId, Instant at) {
    private static NewestRevision from(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      Instant at = Instant.ofEpochSecond(buffer.getLong(), buffer.getInt());
      return new NewestRevision(StandardCharsets.UTF_8.decode(buffer).toString(), at);
    }

    private byte[] bytes() {
      byte[] id = preferenceId.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + id.length)
          .putLong(at.getEpochSecond())
          .putInt(at.getNano())
          .put(id)
          .array();
    }
  }

  private static IndexKey content(String preferenceId) {
    return IndexKey.of("preference", preferenceId);
  }

  private static IndexKey withdrawn(String preferenceId) {
    return IndexKey.of("withdrawn", preferenceId);
  }

  private static IndexKey revision(String annotation) {
    return IndexKey.of("revision", annotation);
  }

  /** A record of the topic; the first of an id says what it is. */
  public synchronized void apply(Preference preference) {
    String id = preference.getPreferenceId();
    index.change(
        changes -> {
          if (!index.has(content(id))) {
            changes.put(content(id), content(preference).bytes());
          }
          if (preference.getWithdrawn()) {
            changes.put(withdrawn(id));
          }
          RevisionId.parse(id)
              .filter(this::isNewest)
              .ifPresent(
                  now ->
                      changes.put(
                          revision(now.annotation()), new NewestRevision(id, now.at()).bytes()));
        });
  }

  private boolean isNewest(RevisionId now) {
    return newestRevision(now.annotation())
        .map(NewestRevision::at)
        .filter(at -> !now.at().isAfter(at))
        .isEmpty();
  }

  /** The newest revision of an annotation; of two with the same time, the first in the log. */
  public synchronized Optional<NewestRevision> newestRevision(String annotation) {
    return index.find(revision(annotation)).map(NewestRevision::from);
  }

  /** What the preference of that id says. */
  public synchronized Optional<ContentDigest> find(String preferenceId) {
    return index.find(content(preferenceId)).map(ByteBuffer::wrap).map(ContentDigest::from);
  }

  /** Whether there is one of that id which still counts. */
  public synchronized boolean counts(String preferenceId) {
    return index.has(content(preferenceId)) && !index.has(withdrawn(preferenceId));
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
