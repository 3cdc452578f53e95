package org.rlhfstreams.model.decoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * What this machine's processor can do.
 *
 * @param abilities by Linux' names, such as {@code avx512_bf16}; none where the system does not say
 */
record Processor(Set<String> abilities) {
  private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");

  Processor {
    abilities = Set.copyOf(abilities);
  }

  /** This machine's. */
  static Processor here() {
    try {
      return described(Files.exists(DESCRIPTION) ? Files.readString(DESCRIPTION) : "");
    } catch (IOException e) {
      return described("");
    }
  }

  /**
   * One that Linux describes so.
   *
   * @param description the text of {@code /proc/cpuinfo}
   */
  static Processor described(String description) {
    return new Processor(new HashSet<>(Arrays.asList(description.strip().split("\\s+", -1))));
  }

  /** Whether it multiplies bfloat16 matrices itself; others widen each product first. */
  boolean multipliesBfloat16() {
    return abilities.contains("avx512_bf16") || abilities.contains("amx_bf16");
  }

  /** Whether oneDNN keeps bfloat16 weights in its own layout on it; it refuses to on others. */
  boolean packsBfloat16() {
    return abilities.contains("avx_ne_convert")
        || abilities.containsAll(Set.of("avx512bw", "avx512vl", "avx512dq"));
  }
}
