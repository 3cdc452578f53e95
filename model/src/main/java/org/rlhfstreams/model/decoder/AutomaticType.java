package org.rlhfstreams.model.decoder;

import org.rlhfstreams.model.torchscript.ComputeDevice;

/**
 * The rule that weights are bfloat16 where the processor multiplies bfloat16 matrices itself, as a
 * GPU does, and float32 elsewhere: without such instructions each product is widened first, which
 * is slower.
 */
final class AutomaticType {
  private AutomaticType() {}

  /** The type for this machine. */
  static ComputeType here() {
    if (ComputeDevice.isGpu()) {
      return ComputeType.BFLOAT16;
    }
    return of(Processor.here());
  }

  /** The type for a processor. */
  static ComputeType of(Processor processor) {
    return processor.multipliesBfloat16() ? ComputeType.BFLOAT16 : ComputeType.FLOAT32;
  }
}
