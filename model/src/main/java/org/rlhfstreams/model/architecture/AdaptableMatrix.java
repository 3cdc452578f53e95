package org.rlhfstreams.model.architecture;

/**
 * A matrix of each layer that a low-rank adapter can change.
 *
 * @param path of its module within the layer, such as {@code self_attn.q_proj}
 * @param inputs size of what it is multiplied with
 * @param outputs size of what it gives
 * @param index place among the layer's tensors
 */
public record AdaptableMatrix(String path, int inputs, int outputs, int index) {
  /** The module's own name, such as {@code q_proj}: what target modules are named by. */
  public String module() {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
