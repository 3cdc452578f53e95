package org.rlhfstreams.cli.run;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.datasets.RowIdentity;

/**
 * The prompts that a command brings to a run, told by what they say: files that were moved or
 * renamed are the same.
 *
 * @param name of the files, for people
 * @param rows how many prompts
 * @param digest of all of them, in order
 */
record RunPrompts(String name, long rows, String digest) {
  private static final int LETTERS = 24;
  private static final String NAME = "name";
  private static final String ROWS = "rows";
  private static final String DIGEST = "digest";

  /**
   * The prompts of files.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a file cannot be read
   */
  static RunPrompts of(PromptDataset files) {
    return of(files.name(), files::forEach);
  }

  /** The story openings that a new log gets. */
  static RunPrompts ofOpenings() {
    return of("the story openings", HeldOutOpenings.prompts()::forEach);
  }

  private static RunPrompts of(String name, PromptImport.Source prompts) {
    MessageDigest digest = sha256();
    long[] rows = {0};
    prompts.forEach(
        prompt -> {
          String id = prompt.getPromptId();
          String row = RowIdentity.parse(id).map(RowIdentity::row).orElse(id);
          digest.update((row + "\n").getBytes(StandardCharsets.UTF_8));
          rows[0]++;
        });
    return new RunPrompts(
        name, rows[0], HexFormat.of().formatHex(digest.digest()).substring(0, LETTERS));
  }

  /** What {@link #values()} gave; empty if those are of no prompts. */
  static Optional<RunPrompts> of(Map<String, String> values) {
    return values.keySet().containsAll(List.of(NAME, ROWS, DIGEST))
        ? Optional.of(
            new RunPrompts(values.get(NAME), Long.parseLong(values.get(ROWS)), values.get(DIGEST)))
        : Optional.empty();
  }

  /** To be written down. */
  Map<String, String> values() {
    return new TreeMap<>(Map.of(NAME, name, ROWS, String.valueOf(rows), DIGEST, digest));
  }

  /** Whether they say the same. */
  boolean sameAs(RunPrompts other) {
    return digest.equals(other.digest);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s (%,d in all)", name, rows);
  }
}
