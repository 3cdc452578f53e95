package org.rlhfstreams.people.live;

import java.util.Optional;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.RevisionId;

/**
 * A task of an annotation tool, by what its annotations in the log say of it: the question, or if
 * it comes from none, its texts.
 *
 * @param application who sends its annotations, with the tool before: {@code label-studio/studio}
 * @param text the same for two tasks exactly if they ask the same
 */
public record ToolTask(String application, String text) {
  /** The task of an annotation's preference; empty for preferences of others. */
  public static Optional<ToolTask> of(Preference preference) {
    Optional<RevisionId> id = RevisionId.parse(preference.getPreferenceId());
    if (id.isEmpty()) {
      return Optional.empty();
    }
    String application = application(id.get());
    String comparisonId = preference.getComparisonId();
    if (comparisonId != null) {
      return Optional.of(ofQuestion(application, comparisonId));
    }
    return preference.getRejected() == null
        ? Optional.empty()
        : Optional.of(
            ofTexts(
                application,
                preference.getPrompt(),
                preference.getChosen(),
                preference.getRejected()));
  }

  /** Who sends an annotation, with the tool before. */
  static String application(RevisionId id) {
    String annotation = id.annotation();
    return annotation.substring(0, annotation.lastIndexOf('/'));
  }

  /** A task that asks one of our questions. */
  public static ToolTask ofQuestion(String application, String comparisonId) {
    return new ToolTask(application, "question " + comparisonId);
  }

  /** Another task; which of the responses comes first makes no difference. */
  public static ToolTask ofTexts(String application, String prompt, String one, String other) {
    boolean ordered = one.compareTo(other) < 0;
    ContentDigest digest = ContentDigest.of(prompt, ordered ? one : other, ordered ? other : one);
    return new ToolTask(application, "texts " + digest.shortText());
  }
}
