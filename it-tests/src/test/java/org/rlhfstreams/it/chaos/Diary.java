package org.rlhfstreams.it.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What happened, when, and with what was running: a table that grows as the run goes on. */
final class Diary {
  private final Path file;
  private final long begun = System.nanoTime();

  Diary(Path file) throws IOException {
    this.file = file;
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
  }

  /** A line of its own. */
  void say(String format, Object... values) {
    write(String.format(Locale.ROOT, format, values));
  }

  /**
   * A row.
   *
   * @param running what was at work
   * @param step of the run, when it was struck
   * @param back until a step was learned after it
   */
  void row(int number, String what, String running, long step, Duration back, List<String> notes) {
    Duration at = Duration.ofNanos(System.nanoTime() - begun);
    if (number == 1) {
      say("| # | at | what | running | step | next step after | notes |");
      say("|---|---|---|---|---|---|---|");
    }
    say(
        "| %d | %d:%02d | %s | %s | %d | %.1f s | %s |",
        number,
        at.toMinutes(),
        at.toSecondsPart(),
        what,
        running,
        step,
        back.toMillis() / 1e3,
        String.join("; ", notes).replace("|", "/"));
  }

  private void write(String line) {
    System.out.println(line);
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
