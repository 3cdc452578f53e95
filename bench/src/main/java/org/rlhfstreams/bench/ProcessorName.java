package org.rlhfstreams.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a figure was measured on, since processors differ by more than releases do. */
final class ProcessorName {
  private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");

  private ProcessorName() {}

  /**
   * Cores, name, family and widest vectors, such as {@code 2 cores of AMD EPYC, family 23, AVX2}.
   */
  static String text() throws IOException {
    Map<String, String> first = new LinkedHashMap<>();
    for (String line : Files.readAllLines(DESCRIPTION)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        first.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    String flags = " " + first.getOrDefault("flags", "") + " ";
    String vectors = flags.contains(" avx512f ") ? "AVX-512" : "no AVX-512";
    return "%s cores of %s, family %s, %s"
        .formatted(
            String.valueOf(Runtime.getRuntime().availableProcessors()),
            first.getOrDefault("model name", "an unknown processor"),
            first.getOrDefault("cpu family", "unknown"),
            vectors);
  }
}
