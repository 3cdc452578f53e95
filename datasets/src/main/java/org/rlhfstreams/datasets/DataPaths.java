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

  private DataPaths() {}

  /**
   * The files, in the order given, a pattern's by name. Standard input is put into a file first,
   * since a data set is read twice: checked, then used.
   *
   * @param input standard input
   * @throws ExplainedException if there is no such file
   */
  public static List<Path> of(List<String> named, InputStream input) {
    List<Path> files = new ArrayList<>();
    for (String name : named) {
      if (name.equals("-")) {
        files.add(spooled(input));
      } else if (Files.exists(Path.of(name))) {
        files.add(Path.of(name));
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

  private static Path spooled(InputStream input) {
    try {
      // A name of its own each time would make the same rows others each time.
      Path directory = Files.createTempDirectory("rlhf");
      directory.toFile().deleteOnExit();
      Path file = directory.resolve("standard-input");
      file.toFile().deleteOnExit();
      Files.copy(input, file);
      return file;
    } catch (IOException e) {
      throw new ExplainedException("standard input cannot be read: " + e.getMessage(), e);
    }
  }
}
