package org.rlhfstreams.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rlhfstreams.common.ExplainedException;

/** Files as people name them: paths, patterns such as {@code data/*.parquet}, and - for input. */
public final class DataPaths {
  /** What can be named, for a command's help. */
  public static final String HELP =
      DataFile.KINDS + ", also .gz and patterns; - is standard input.";

  /** What one file of prompts can be, for a command's help. */
  public static final String KINDS_HELP =
      DataFile.KINDS + ", or text with a prompt a line; .gz too.";

  /** What can be named for prompts, for a command's help. */
  public static final String PROMPTS_HELP =
      "Prompts: "
          + DataFile.KINDS
          + ", or text with a prompt a line; also .gz and patterns; -"
          + " is standard input.";

  private DataPaths() {}

  /**
   * The files, in the order given, a pattern's by name. Standard input and pipes are put into a
   * file first, since a data set is read twice: checked, then used.
   *
   * @param input standard input
   * @throws ExplainedException if there is no such file
   */
  public static List<Path> of(List<String> named, InputStream input) {
    List<Path> files = new ArrayList<>();
    for (String name : named) {
      if (name.equals("-")) {
        files.add(spooled("standard-input", input));
      } else if (Files.exists(Path.of(name))) {
        files.add(regular(Path.of(name)));
      } else {
        files.addAll(matching(name));
      }
    }
    return files;
  }

  private static List<Path> matching(String pattern) {
    Path path = Path.of(pattern);
    Path folder = path.getParent() == null ? Path.of("") : path.getParent();
    if (!pattern.matches(".*[*?\\[{].*") || !Files.isDirectory(folder)) {
      throw new ExplainedException(pattern + " does not exist");
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + path.getFileName());
    try (Stream<Path> candidates = Files.list(folder)) {
      List<Path> found =
          candidates.filter(file -> matcher.matches(file.getFileName())).sorted().toList();
      if (found.isEmpty()) {
        throw new ExplainedException("no file matches " + pattern);
      }
      return found;
    } catch (IOException e) {
      throw new ExplainedException(folder + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /** The file itself, or what comes out of a pipe, which can only be read once. */
  private static Path regular(Path path) {
    if (Files.isRegularFile(path) || Files.isDirectory(path)) {
      return path;
    }
    try (InputStream pipe = Files.newInputStream(path)) {
      return spooled(String.valueOf(path.getFileName()), pipe);
    } catch (IOException e) {
      throw new ExplainedException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path spooled(String name, InputStream input) {
    try {
      // A name of its own each time would make the same rows others each time.
      Path directory = Files.createTempDirectory("rlhf");
      directory.toFile().deleteOnExit();
      Path file = directory.resolve(name);
      file.toFile().deleteOnExit();
      Files.copy(input, file);
      return file;
    } catch (IOException e) {
      throw new ExplainedException(name + " cannot be read: " + e.getMessage(), e);
    }
  }
}
