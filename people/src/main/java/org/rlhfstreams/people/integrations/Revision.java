package org.rlhfstreams.people.integrations;

import java.util.Optional;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.live.RevisionId;

/**
 * What an annotation tool says of one annotation, which its people may change or take back later.
 *
 * @param id which annotation, and when
 * @param preference what it says now; empty if it says nothing any more
 */
public record Revision(RevisionId id, Optional<Preference> preference) {
  /** The tool's name for the annotation. */
  public String annotation() {
    return id.annotation();
  }
}
