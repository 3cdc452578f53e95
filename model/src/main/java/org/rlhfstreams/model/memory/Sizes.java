package org.rlhfstreams.model.memory;

import java.util.List;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.architecture.TransformerConfiguration;

/** Elements of a model's tensors, and of a token's vectors. */
record Sizes(TransformerConfiguration configuration) {
  static long elements(List<TensorSpecification> tensors) {
    return tensors.stream().mapToLong(TensorSpecification::size).sum();
  }

  static long largest(List<TensorSpecification> tensors) {
    return tensors.stream().mapToLong(TensorSpecification::size).max().orElse(0);
  }

  long parameters() {
    return configuration.parameters();
  }

  long layers() {
    return configuration.layers();
  }

  long hidden() {
    return configuration.hiddenSize();
  }

  long inner() {
    return configuration.intermediateSize();
  }

  /** Of all query heads. */
  long queries() {
    return (long) configuration.heads() * configuration.headDimension();
  }

  /** Of all key heads, or all value heads. */
  long keys() {
    return (long) configuration.keyValueHeads() * configuration.headDimension();
  }

  long vocabulary() {
    return configuration.vocabularySize();
  }

  /** Of the matrix that gives logits; none in a reward model. */
  long head() {
    return configuration.classifier() ? 0 : vocabulary() * hidden();
  }
}
