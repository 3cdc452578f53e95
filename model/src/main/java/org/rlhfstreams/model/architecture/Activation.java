package org.rlhfstreams.model.architecture;

import static org.rlhfstreams.model.architecture.ActivationScript.fused;
import static org.rlhfstreams.model.architecture.ActivationScript.unfused;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The non-linearity between a layer's feed-forward matrices: all that is known about one. */
public enum Activation {
  SILU(fused("swish", "torch.silu(x)"), 1, "silu", "swish"),
  GELU(fused("gelu", "none", "torch.gelu(x)"), 1, "gelu", "gelu_python"),
  GELU_TANH(
      fused("gelu", "tanh", "torch.gelu(x, approximate=\"tanh\")"),
      1,
      "gelu_new",
      "gelu_pytorch_tanh",
      "gelu_fast",
      "gelu_python_tanh",
      "gelu_accurate"),
  QUICK_GELU(unfused("x * torch.sigmoid(1.702 * x)"), 2, "quick_gelu"),
  RELU(fused("relu", "torch.relu(x)"), 0, "relu"),
  RELU_SQUARED(fused("relu", "torch.square(torch.relu(x))").then("x * x"), 1, "relu2"),
  TANH(fused("tanh", "torch.tanh(x)"), 0, "tanh"),
  SIGMOID(fused("sigmoid", "torch.sigmoid(x)"), 0, "sigmoid");

  @SuppressWarnings("ImmutableEnumChecker") // a record of strings
  private final ActivationScript script;

  private final int keptVectors;
  private final String names;

  /**
   * @param names as {@code config.json} has them
   */
  Activation(ActivationScript script, int keptVectors, String... names) {
    this.script = script;
    this.keptVectors = keptVectors;
    this.names = String.join(" ", names);
  }

  /** How the decoder computes it. */
  public ActivationScript script() {
    return script;
  }

  /** Vectors that its backward pass keeps, its result, which is kept anyway, not counted. */
  public int keptVectors() {
    return keptVectors;
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
