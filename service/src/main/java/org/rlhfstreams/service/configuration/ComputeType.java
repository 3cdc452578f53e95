package org.rlhfstreams.service.configuration;

/** The type that matrix products are computed in. */
public enum ComputeType {
  FLOAT32,
  BFLOAT16
}
