package org.rlhfstreams.people.live;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.RevisionId;
import org.rlhfstreams.service.index.IndexChanges;
import org.rlhfstreams.service.index.IndexKey;
import org.rlhfstreams.service.index.TemporaryIndex;

/** Which preferences there are: of each a digest of what it says, and whether it counts. */
public final class PreferencesView {
  /** Begins the ids of preferences that the topology makes of answers. */
  private static final String OF_COMPARISONS = "comparison/";

  private final TemporaryIndex index;

  /** As many as there are tokens of annotation tools. */
  private final Set<String> applications = new TreeSet<>();

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

  private static IndexKey overtaken(String annotation) {
    return IndexKey.of("overtaken", annotation);
  }

  private static IndexKey by(String annotator) {
    return IndexKey.of("by", annotator);
  }

  private static IndexKey of(ToolTask task) {
    return IndexKey.of("of task", task.application(), task.text());
  }

  /** A record of the topic; the first of an id says what it is. */
  public synchronized void apply(Preference preference) {
    String id = preference.getPreferenceId();
    index.change(
        changes -> {
          if (!index.has(content(id))) {
            changes.put(content(id), content(preference).bytes());
            preference
                .getAnnotators()
                .forEach(annotator -> changes.put(IndexKey.of("by", annotator, id), text(id)));
          }
          RevisionId.parse(id).map(ToolTask::application).ifPresent(applications::add);
          ToolTask.of(preference)
              .ifPresent(
                  task -> {
                    String annotation = RevisionId.parse(id).orElseThrow().annotation();
                    changes.put(
                        IndexKey.of("of task", task.application(), task.text(), annotation),
                        text(annotation));
                  });
          if (preference.getWithdrawn()) {
            changes.put(withdrawn(id));
          }
          RevisionId.parse(id).ifPresent(now -> note(changes, now, preference));
        });
  }

  private void note(IndexChanges changes, RevisionId now, Preference preference) {
    String id = preference.getPreferenceId();
    Optional<NewestRevision> before = newestRevision(now.annotation());
    boolean isNewest = before.filter(newest -> !now.at().isAfter(newest.at())).isEmpty();
    if (isNewest) {
      changes.put(revision(now.annotation()), new NewestRevision(id, now.at()).bytes());
      before
          .map(NewestRevision::preferenceId)
          .filter(earlier -> !earlier.equals(id) && counts(earlier))
          .ifPresent(earlier -> changes.put(overtaken(now.annotation()), text(earlier)));
    } else if (!preference.getWithdrawn() && before.get().at().isAfter(now.at())) {
      changes.put(overtaken(now.annotation()), text(id));
    }
  }

  /**
   * An earlier revision that counts beside a newer one, since two processes have published them
   * without knowing of each other.
   */
  public synchronized Optional<String> overtaken(RevisionId id) {
    return index.find(overtaken(id.annotation())).map(PreferencesView::text).filter(this::counts);
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

  /**
   * What one person prefers and still counts, except what follows from answers to questions, which
   * are taken back themselves.
   */
  public synchronized List<String> counting(String annotator) {
    List<String> counting = new ArrayList<>();
    index.forEach(
        by(annotator),
        bytes -> {
          String id = text(bytes);
          if (!id.startsWith(OF_COMPARISONS) && counts(id)) {
            counting.add(id);
          }
          return true;
        });
    return counting;
  }

  /**
   * The applications that annotations of a tool have come from.
   *
   * @param tool such as {@link RevisionId#LABEL_STUDIO}
   */
  public synchronized List<String> applications(String tool) {
    String begin = tool + "/";
    return applications.stream()
        .filter(name -> name.startsWith(begin))
        .map(name -> name.substring(begin.length()))
        .toList();
  }

  /** The annotations of a task that are not known to be deleted. */
  public synchronized List<String> annotations(ToolTask task) {
    List<String> annotations = new ArrayList<>();
    index.forEach(
        of(task),
        bytes -> {
          newestRevision(text(bytes))
              .filter(newest -> !newest.at().equals(Instant.MAX))
              .ifPresent(newest -> annotations.add(text(bytes)));
          return true;
        });
    return annotations;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte... bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** All that whoever publishes it decides; not when it came. */
  public static ContentDigest content(Preference preference) {
    return ContentDigest.of(
        preference.getPrompt(),
        String.valueOf(preference.getMessages()),
        preference.getChosen(),
        preference.getRejected(),
        String.valueOf(preference.getChosenMessages()),
        String.valueOf(preference.getRejectedMessages()),
        preference.getTemplateVariables(),
        preference.getLabel(),
        preference.getMargin(),
        preference.getWeight(),
        preference.getSource(),
        preference.getAnnotators());
  }
}
