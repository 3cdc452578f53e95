package org.rlhfstreams.people.integrations;

import java.util.Optional;
import org.rlhfstreams.events.Preference;

/**
 * What an annotation tool says of one annotation, which its people may change or take back later.
 *
 * @param annotation the tool's name for it, the same in all revisions
 * @param at when it was made, as the tool writes times: later ones sort behind
 * @param preference what it says now; empty where it says nothing any more
 */
public record Revision(String annotation, String at, Optional<Preference> preference) {
  /** Of the preference: what comes before the sign is the same in all revisions. */
  public static String id(String annotation, String at) {
    return annotation + "@" + at;
  }
}
