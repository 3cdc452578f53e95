package org.rlhfstreams.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A directory can be written to and its disk has room.
 *
 * @param use what is written there
 * @param directory need not exist
 * @param writable whether this user may write there
 * @param free bytes
 * @param needed bytes
 * @param why what needs so many
 * @param setting that names another directory
 */
public record DiskCheck(
    String use,
    Path directory,
    boolean writable,
    long free,
    long needed,
    String why,
    String setting)
    implements Check {

  /**
   * Of a directory, or the nearest one above it that exists.
   *
   * @param use what is written there
   * @param needed bytes
   * @param why what needs so many
   * @param setting that names another directory
   */
  public static DiskCheck measure(
      String use, Path directory, long needed, String why, String setting) {
    Path existing = existing(directory);
    long free;
    try {
      free = Files.getFileStore(existing).getUsableSpace();
    } catch (IOException e) {
      free = 0;
    }
    return new DiskCheck(
        use,
        directory,
        Files.isDirectory(existing) && Files.isWritable(existing),
        free,
        needed,
        why,
        setting);
  }

  /** The directory itself, or the nearest one above it. */
  static Path existing(Path directory) {
    Path existing = directory.toAbsolutePath().normalize();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  @Override
  public List<Diagnosis> diagnoses() {
    String subject = "disk, " + use;
    if (!writable) {
      return List.of(
          Diagnosis.problem(
              subject, directory + " cannot be written to", "name another one with " + setting));
    }
    String fact = String.format(Locale.ROOT, "%s has %.1f GB free", directory, free / 1e9);
    return List.of(
        free >= needed
            ? Diagnosis.ok(subject, fact)
            : Diagnosis.problem(
                subject,
                String.format(Locale.ROOT, "%s, and %s %.1f GB", fact, why, needed / 1e9),
                "free some, or name another place with " + setting));
  }
}
