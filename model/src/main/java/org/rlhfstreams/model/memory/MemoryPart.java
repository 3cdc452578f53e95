package org.rlhfstreams.model.memory;

import java.util.Locale;

/** What memory is for. */
public enum MemoryPart {
  /** Model weights in every copy that exists at once. */
  WEIGHTS,
  /** Gradients on weights: the accumulated ones and those being added to them. */
  GRADIENTS,
  /** AdamW's moments, and what an update needs beside them. */
  OPTIMIZER,
  /** Weights and moments as they were before a step of several updates. */
  UNDO,
  /** What the layers compute, kept for the backward pass where there is one. */
  ACTIVATIONS,
  /** Logits and what is computed from them. */
  HEAD,
  /** Keys and values of running rows. */
  CACHE,
  /** Versions of weights that arrive or leave, beside the model's own. */
  VERSIONS,
  /** Weight files mapped by the loader: the kernel takes them back where memory is short. */
  FILES,
  /** Freed memory that the C library keeps to itself. */
  ALLOCATOR,
  /** The Java machine, PyTorch and their libraries. */
  PROCESS,
  /** What the Java machine may use for objects. */
  HEAP;

  /** As tables name it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
