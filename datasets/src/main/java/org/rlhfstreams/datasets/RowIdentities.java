package org.rlhfstreams.datasets;

import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Prompt;

/**
 * Gives the rows of one reading, of files or of a topic, their identities. Rows that say the same
 * are counted, in 16 to 32 bytes for each row.
 */
public final class RowIdentities {
  // Earlier releases named a row by its number.
  private static final Pattern NUMBERED = Pattern.compile("(.+):[0-9]{1,19}", Pattern.DOTALL);

  private final Long2IntOpenHashMap occurrences = new Long2IntOpenHashMap();

  RowIdentity next(String file, ContentDigest content) {
    // Two contents that share a key are told apart by their digests in any case.
    long key = content.high() + 31L * file.hashCode();
    return RowIdentity.of(file, content, occurrences.addTo(key, 1) + 1);
  }

  /**
   * Identity of a prompt on the topic; empty if it was not imported from a file. A prompt that is
   * named by its row's number gets the identity that an import would give it today.
   */
  public Optional<RowIdentity> of(Prompt prompt) {
    return of(prompt.getPromptId(), prompt.getSource(), () -> RowContent.of(prompt));
  }

  /** The same for a preference. */
  public Optional<RowIdentity> of(Preference preference) {
    return of(
        preference.getPreferenceId(), preference.getSource(), () -> RowContent.of(preference));
  }

  private Optional<RowIdentity> of(String id, String source, Supplier<ContentDigest> content) {
    Matcher numbered = NUMBERED.matcher(id);
    return id.equals(source) && numbered.matches()
        ? Optional.of(next(numbered.group(1), content.get()))
        : RowIdentity.parse(id);
  }
}
