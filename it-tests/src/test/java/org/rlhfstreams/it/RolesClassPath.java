package org.rlhfstreams.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What processes of roles run with: the jars of the build and, made from them, an archive of parsed
 * classes. In an editor, where neither is made, the class path of the test itself.
 */
final class RolesClassPath {
  private static final Path CLI = Repository.root().resolve("cli").resolve("target");
  private static final Path ARCHIVE = Path.of("target", "classes.jsa").toAbsolutePath();

  private RolesClassPath() {}

  /** Arguments of Java that say where the classes are. */
  static List<String> arguments() {
    if (!Files.isRegularFile(ARCHIVE)) {
      return List.of("-cp", classPath());
    }
    return List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-cp", classPath());
  }

  /** The class path alone. */
  static String classPath() {
    return Files.isRegularFile(ARCHIVE) ? jars() : System.getProperty("java.class.path");
  }

  private static String jars() {
    try (Stream<Path> built = Files.list(CLI)) {
      Path jar =
          built
              .filter(file -> file.getFileName().toString().matches("cli-.*\\.jar"))
              .findFirst()
              .orElseThrow();
      return jar + File.pathSeparator + Files.readString(CLI.resolve("dependencies"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
