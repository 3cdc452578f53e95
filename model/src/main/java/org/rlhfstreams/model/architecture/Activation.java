package org.rlhfstreams.model.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The non-linearity between a layer's feed-forward matrices. */
public enum Activation {
  SILU(0, "silu", "swish"),
  GELU(1, "gelu", "gelu_python"),
  GELU_TANH(2, "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_python_tanh", "gelu_accurate"),
  QUICK_GELU(3, "quick_gelu"),
  RELU(4, "relu"),
  RELU_SQUARED(5, "relu2"),
  TANH(6, "tanh"),
  SIGMOID(7, "sigmoid");

  private final int code;
  private final String names;

  Activation(int code, String... names) {
    this.code = code;
    this.names = String.join(" ", names);
  }

  /** The number that the decoder's script knows it by. */
  public int code() {
    return code;
  }

  private List<String> names() {
    return List.of(names.split(" "));
  }

  /** The activation that {@code config.json} calls so. */
  static Optional<Activation> named(String name) {
    return Arrays.stream(values())
        .filter(activation -> activation.names().contains(name))
        .findFirst();
  }

  static Set<String> allNames() {
    Set<String> all = new TreeSet<>();
    for (Activation activation : values()) {
      all.addAll(activation.names());
    }
    return all;
  }
}
