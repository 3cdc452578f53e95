package org.rlhfstreams.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The scorers of docs/rewards.md as somebody else runs them. Where there is no Python that has
 * Confluent's client, Java plays its part, and the output says so.
 */
final class ExternalScorer {
  private static final Path EXAMPLES = Repository.root().resolve("docs").resolve("examples");
  static final Path IN_PYTHON = EXAMPLES.resolve("external_scorer.py");
  static final Path IN_JAVA = EXAMPLES.resolve("ExternalScorer.java");
  private static final String PYTHON = "EXTERNAL_SCORER_PYTHON";

  private final Path directory;
  private final Optional<String> python;

  ExternalScorer(Path directory) throws InterruptedException {
    this.directory = directory;
    this.python = python(directory);
  }

  private static Optional<String> python(Path directory) throws InterruptedException {
    String python = Optional.ofNullable(System.getenv(PYTHON)).orElse("python3");
    try {
      Process check =
          new ProcessBuilder(python, "-c", "import confluent_kafka.schema_registry.avro")
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (check.waitFor() == 0) {
        return Optional.of(python);
      }
    } catch (IOException e) {
      // said below
    }
    System.out.printf(
        "the external scorer in Python is not tested: %s has no confluent-kafka[avro];"
            + " it-tests/python/install DIRECTORY makes one that has, and %s names it%n",
        python, PYTHON);
    return Optional.empty();
  }

  boolean areInPython() {
    return python.isPresent();
  }

  /**
   * Starts the one in Python.
   *
   * @param servers of Kafka, and the registry's address
   */
  RlhfProcess start(String name, String... servers) {
    return python
        .map(
            program ->
                RlhfProcess.startProgram(
                    directory,
                    IN_PYTHON.getFileName().toString(),
                    List.of(program, "-u", IN_PYTHON.toString(), name, servers[0], servers[1])))
        .orElseGet(() -> startJava(name, servers));
  }

  RlhfProcess startJava(String name, String... servers) {
    return RlhfProcess.startSource(directory, IN_JAVA, List.of(name, servers[0], servers[1]));
  }
}
