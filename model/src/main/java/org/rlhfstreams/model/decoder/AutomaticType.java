package org.rlhfstreams.model.decoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.rlhfstreams.model.torchscript.ComputeDevice;

/**
 * The rule that weights are bfloat16 where the processor multiplies bfloat16 matrices itself, as a
 * GPU does, and float32 elsewhere: without such instructions each product is widened first, which
 * is slower.
 */
final class AutomaticType {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private AutomaticType() {}

  /** The type for this machine. */
  static ComputeType here() {
    if (ComputeDevice.isGpu()) {
      return ComputeType.BFLOAT16;
    }
    try {
      return of(Files.exists(PROCESSOR) ? Files.readString(PROCESSOR) : "");
    } catch (IOException e) {
      return ComputeType.FLOAT32; // what every machine can do
    }
  }

  /**
   * The type for a processor.
   *
   * @param description as Linux gives it, with the names of its abilities
   */
  static ComputeType of(String description) {
    boolean multiplies =
        Arrays.stream(description.split("\\s+", -1))
            .anyMatch(word -> word.equals("avx512_bf16") || word.equals("amx_bf16"));
    return multiplies ? ComputeType.BFLOAT16 : ComputeType.FLOAT32;
  }
}
