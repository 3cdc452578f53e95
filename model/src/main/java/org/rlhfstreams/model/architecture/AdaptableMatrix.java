package org.rlhfstreams.model.architecture;

/**
 * A matrix of each layer that a low-rank adapter can change.
 *
 * @param path of its module within the layer, such as {@code self_attn.q_proj}
 * @param input what it is multiplied with
 * @param inputs size of what it is multiplied with
 * @param outputs size of the product
 */
public record AdaptableMatrix(String path, MatrixInput input, long inputs, long outputs) {
  /** The module's own name, such as {@code q_proj}: what target modules are named by. */
  public String module() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Name of its tensor within the layer. */
  public String tensor() {
    return path + ".weight";
  }
}
