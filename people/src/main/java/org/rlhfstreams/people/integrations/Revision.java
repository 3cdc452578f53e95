package org.rlhfstreams.people.integrations;

import java.util.Optional;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.RevisionId;

/**
 * What an annotation tool says of one annotation, which its people may change or take back later.
 *
 * @param id which annotation, and when
 * @param preference what it says now; empty if it says nothing any more
 * @param answer what it says to one of our questions; empty if its task is none, or it was deleted
 */
public record Revision(
    RevisionId id, Optional<Preference> preference, Optional<ToolAnswer> answer) {
  /** Of an annotation that was deleted. */
  public static Revision deletionOf(String annotation) {
    return new Revision(RevisionId.deletionOf(annotation), Optional.empty(), Optional.empty());
  }

  /** The tool's name for the annotation. */
  public String annotation() {
    return id.annotation();
  }
}
