package org.rlhfstreams.schemas;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The preference id of one revision of an annotation: the tool's name for the annotation, the sign
 * {@code @}, and when the revision was made. A deletion has no time: it is newer than all revisions
 * of its annotation, because tools do not use the id of a deleted annotation again.
 *
 * @param annotation the same in all revisions
 * @param at when it was made; {@link Instant#MAX} for a deletion
 */
public record RevisionId(String annotation, Instant at) {
  /** Begins the names of Label Studio's annotations. */
  public static final String LABEL_STUDIO = "label-studio";

  /** Begins the names of Argilla's. */
  public static final String ARGILLA = "argilla";

  private static final List<String> TOOLS = List.of(LABEL_STUDIO, ARGILLA);
  private static final String DELETED = "deleted";

  /** Of the end of an annotation. */
  public static RevisionId deletionOf(String annotation) {
    return new RevisionId(annotation, Instant.MAX);
  }

  /**
   * Reads a preference id; empty if it is not of a tool's annotation. Earlier versions published
   * times as the tool wrote them: one that cannot be parsed is older than all others.
   */
  public static Optional<RevisionId> parse(String preferenceId) {
    int sign = preferenceId.lastIndexOf('@');
    if (sign < 0 || TOOLS.stream().noneMatch(tool -> preferenceId.startsWith(tool + "/"))) {
      return Optional.empty();
    }
    String annotation = preferenceId.substring(0, sign);
    String at = preferenceId.substring(sign + 1);
    return Optional.of(
        at.equals(DELETED)
            ? deletionOf(annotation)
            : new RevisionId(annotation, ToolTime.parse(at).orElse(Instant.MIN)));
  }

  /** As it is in the log. */
  public String text() {
    return annotation + "@" + (at.equals(Instant.MAX) ? DELETED : at);
  }
}
