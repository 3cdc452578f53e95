package org.rlhfstreams.model.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.rlhfstreams.model.ModelException;

/**
 * LoRA (Hu et al. 2022): each target matrix W acts as W + alpha/rank B A, with A [rank, inputs] and
 * B [outputs, rank].
 *
 * @param rank at least 1
 * @param alpha above 0
 * @param targetModules names such as {@code q_proj}; at least one
 * @param rankStabilised whether alpha is divided by the root of the rank instead (Kalajdzievski
 *     2023)
 */
public record LowRankAdapters(
    int rank, double alpha, Set<String> targetModules, boolean rankStabilised) {
  public LowRankAdapters {
    targetModules = Set.copyOf(targetModules);
    if (rank < 1 || !(alpha > 0) || targetModules.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "LoRA needs a rank of at least 1, alpha above 0 and a target module; got %d, %s, %s",
              rank,
              alpha,
              targetModules));
    }
  }

  /** Of the architecture's default targets, with alpha twice the rank. */
  public static LowRankAdapters ofRank(int rank, TransformerConfiguration configuration) {
    return new LowRankAdapters(
        rank, 2.0 * rank, configuration.architecture().defaultAdapterTargets(), false);
  }

  /** What B A is multiplied by. */
  public double scale() {
    return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
  }

  /**
   * Refuses target modules that an architecture does not have.
   *
   * @throws ModelException naming them, and those that it has
   */
  public void requireTargets(TransformerConfiguration configuration) {
    List<AdaptableMatrix> all = configuration.layer().matrices();
    Set<String> unknown = new TreeSet<>(targetModules);
    all.forEach(matrix -> unknown.remove(matrix.module()));
    if (!unknown.isEmpty()) {
      Set<String> known = new TreeSet<>();
      all.forEach(matrix -> known.add(matrix.module()));
      throw new ModelException(
          "LoRA target modules %s are none of %s: name some of %s in lora.target-modules"
              .formatted(unknown, configuration.architecture().languageModelName(), known));
    }
  }

  /**
   * The matrices of a layer that have an adapter, in the order of the layer's tensors.
   *
   * @throws ModelException if the architecture lacks a target module
   */
  public List<AdaptableMatrix> targets(TransformerConfiguration configuration) {
    requireTargets(configuration);
    return configuration.layer().matrices().stream()
        .filter(matrix -> targetModules.contains(matrix.module()))
        .toList();
  }

  /** The adapters' tensors, as PEFT names them: A then B of each target, layer by layer. */
  public List<TensorSpecification> tensors(TransformerConfiguration configuration) {
    List<TensorSpecification> tensors = new ArrayList<>();
    for (int layer = 0; layer < configuration.layers(); layer++) {
      for (AdaptableMatrix matrix : targets(configuration)) {
        String name =
            "base_model.model." + configuration.architecture().layerPrefix(layer) + matrix.path();
        tensors.add(TensorSpecification.of(name + ".lora_A.weight", rank, matrix.inputs()));
        tensors.add(TensorSpecification.of(name + ".lora_B.weight", matrix.outputs(), rank));
      }
    }
    return tensors;
  }
}
