package org.rlhfstreams.service.configuration;

/** What weights are published in. */
public enum WeightsDtype {
  BFLOAT16,
  FLOAT32
}
