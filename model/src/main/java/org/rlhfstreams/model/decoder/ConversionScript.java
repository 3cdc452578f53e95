package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.torchscript.TorchScriptModule;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/** The operations on single tensors that the Java side lacks, compiled once a process. */
final class ConversionScript {
  private static final TorchScriptModule MODULE =
      TorchScriptModule.compile(
          "Conversion", ConversionScript.class, List.of("conversion.py"), Map.of(), Map.of());

  private ConversionScript() {}

  static NDArray run(String method, NDManager owner, NDArray... arguments) {
    Argument[] all = new Argument[arguments.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = Argument.of(arguments[i]);
    }
    return MODULE.run(method, owner, all).get(0);
  }
}
