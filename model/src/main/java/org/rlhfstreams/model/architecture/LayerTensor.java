package org.rlhfstreams.model.architecture;

import java.util.List;
import java.util.Optional;

/**
 * A tensor that an architecture's layers can have.
 *
 * @param name within the layer, as in the checkpoint
 * @param shape sizes, outermost first
 * @param present whether this model's layers have it
 * @param matrix of a matrix that adapters can change
 */
record LayerTensor(
    String name, List<Long> shape, boolean present, Optional<AdaptableMatrix> matrix) {
  static LayerTensor vector(String name, long size) {
    return new LayerTensor(name, List.of(size), true, Optional.empty());
  }

  /** A matrix stored output-first, [outputs, inputs]. */
  static LayerTensor matrix(String path, MatrixInput input, long inputs, long outputs) {
    AdaptableMatrix matrix = new AdaptableMatrix(path, input, inputs, outputs);
    return new LayerTensor(matrix.tensor(), List.of(outputs, inputs), true, Optional.of(matrix));
  }

  /** The same matrix stored input-first, [inputs, outputs]. */
  LayerTensor inputFirst() {
    return new LayerTensor(name, List.of(shape.get(1), shape.get(0)), present, matrix);
  }

  LayerTensor presentIf(boolean condition) {
    return new LayerTensor(name, shape, condition, matrix);
  }
}
