package org.rlhfstreams.service.configuration;

/** The number format that models compute in. */
public enum Dtype {
  /** What the machine does faster. */
  AUTO,
  /** Float32 where the weights are stored so, else what the machine does faster. */
  STORED,
  FLOAT32,
  /** Weights that are trained, and their gradients, stay in float32 beside it. */
  BFLOAT16
}
