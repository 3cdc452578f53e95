package org.rlhfstreams.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.report.CurvesPage;
import org.rlhfstreams.cli.report.RecordedRun;
import org.rlhfstreams.embedded.LogDirectory;

/**
 * Where a run that is told to write everything below one directory has its parts.
 *
 * @param path of the directory
 */
public record RunDirectory(Path path) {
  /** The broker's log. */
  public Path log() {
    return path.resolve("log");
  }

  /** Checkpoints. */
  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** The model that training ends with. */
  public Path model() {
    return path.resolve("model");
  }

  /** The weights that did best on held-out prompts. */
  public Path best() {
    return path.resolve("best");
  }

  /** Draws the curves of a training that has ended, if it did a step, and says where. */
  void report() {
    if (!RecordedRun.isAt(path)) {
      return;
    }
    RecordedRun run = RecordedRun.read(path);
    if (!run.steps().isEmpty()) {
      Path page = path.resolve("report.html");
      CurvesPage.write(page, List.of(run));
      System.out.println("report " + page);
    }
  }

  /**
   * Checks that a run can be written here.
   *
   * @throws CommandException if there is a file of the name, or no right to write
   * @throws org.rlhfstreams.embedded.EmbeddedException if another process is at work here
   */
  void requireUsable() {
    Path existing = path.toAbsolutePath();
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      throw new CommandException(
          "%s cannot hold a run, for %s is a file: name a directory, which need not exist"
              .formatted(path, existing));
    }
    if (!Files.isWritable(existing)) {
      throw new CommandException(
          "%s cannot hold a run, for this user may not write in %s: name another place"
              .formatted(path, existing));
    }
    LogDirectory.requireUnused(log());
  }

  /** Whether nothing was trained here yet; otherwise the log has the run's data. */
  public boolean isNew() {
    return !Files.exists(checkpoints());
  }

  /** Deletes the log of a run that has come to nothing. */
  void deleteLog() {
    try (Stream<Path> files = Files.walk(log())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (NoSuchFileException e) {
      // it had none yet
    } catch (IOException e) {
      throw new UncheckedIOException(log() + " cannot be deleted", e);
    }
  }

  /** Configuration of a learner alone, by full key. */
  public Map<String, String> ofLearner() {
    return Map.of(
        "learner.output", path.toString(),
        "learner.checkpoint-directory", checkpoints().toString());
  }

  /** Configuration of the roles that keep something here beside the learner, by full key. */
  public Map<String, String> ofOtherRoles() {
    return Map.of(
        "controller.state-directory", path.resolve("state").toString(),
        "people.state-directory", path.resolve("people").toString());
  }
}
