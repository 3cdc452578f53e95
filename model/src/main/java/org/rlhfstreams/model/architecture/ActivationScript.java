package org.rlhfstreams.model.architecture;

/**
 * An activation in TorchScript, as expressions in {@code x}.
 *
 * @param formula of the activation
 * @param fusedName the part of it that oneDNN computes within a product of matrices; {@code none}
 *     if there is no such part
 * @param fusedAlgorithm which of several algorithms of that name; may be empty
 * @param rest what remains to be done after oneDNN; {@code x} if nothing does
 */
public record ActivationScript(
    String formula, String fusedName, String fusedAlgorithm, String rest) {
  static ActivationScript fused(String name, String algorithm, String formula) {
    return new ActivationScript(formula, name, algorithm, "x");
  }

  static ActivationScript fused(String name, String formula) {
    return fused(name, "", formula);
  }

  static ActivationScript unfused(String formula) {
    return new ActivationScript(formula, "none", "", formula);
  }

  ActivationScript then(String expression) {
    return new ActivationScript(formula, fusedName, fusedAlgorithm, expression);
  }
}
