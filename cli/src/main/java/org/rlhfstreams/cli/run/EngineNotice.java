package org.rlhfstreams.cli.run;

import java.io.PrintStream;
import org.rlhfstreams.service.configuration.EngineKind;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.worker.remote.EngineBeside;

/** Says where a run samples that does not sample by itself. */
final class EngineNotice {
  private EngineNotice() {}

  /** Prints where, and what the server there has to be started with; nothing of a decoder. */
  static void print(RlhfConfiguration configuration, PrintStream notices) {
    if (configuration.rolloutWorker().engine() == EngineKind.DECODER) {
      return;
    }
    notices.println(
        "samples on "
            + configuration.rolloutWorker().engineUrl().orElse("")
            + ", once it is there: vLLM, started with --model "
            + EngineBeside.served(configuration)
            + " (docs/engines.md)");
  }
}
