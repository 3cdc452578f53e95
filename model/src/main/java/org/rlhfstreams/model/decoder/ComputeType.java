package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Locale;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorType;

/** The element type that weights are held in and matrices are multiplied in. */
public enum ComputeType {
  FLOAT32("to_float32", 4),
  BFLOAT16("to_bfloat16", 2),
  /** For checks of gradients alone. */
  FLOAT64("to_float64", 8);

  private final String conversion;
  private final int bytes;

  ComputeType(String conversion, int bytes) {
    this.conversion = conversion;
    this.bytes = bytes;
  }

  /** The one that this machine is faster in. */
  public static ComputeType automatic() {
    return AutomaticType.here();
  }

  /**
   * The type of a configured name.
   *
   * @param name float32, bfloat16 or auto, in any case
   * @throws IllegalArgumentException for another name
   */
  public static ComputeType named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "auto" -> automatic();
      case "float32" -> FLOAT32;
      case "bfloat16" -> BFLOAT16;
      default ->
          throw new IllegalArgumentException(
              "dtype \"" + name + "\" is not known: say float32, bfloat16 or auto");
    };
  }

  /**
   * The type of a configured name for a model.
   *
   * @param name as {@link #named(String)} has it, or stored: float32 where the model's weights are
   *     stored so, else the faster type
   * @throws IllegalArgumentException for another name
   */
  public static ComputeType named(String name, ModelDirectory model) {
    if (!name.equalsIgnoreCase("stored")) {
      return named(name);
    }
    boolean wide =
        model.expectedTensors().stream()
            .anyMatch(tensor -> model.tensorType(tensor.name()) == TensorType.F32);
    return wide ? FLOAT32 : automatic();
  }

  /** Bytes an element takes. */
  public int bytes() {
    return bytes;
  }

  /**
   * A tensor's values in this type.
   *
   * @return a copy, owned by {@code scope}
   */
  public NDArray of(NDManager scope, NDArray tensor) {
    return ConversionScript.run(conversion, scope, tensor);
  }
}
