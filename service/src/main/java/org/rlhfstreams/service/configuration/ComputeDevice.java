package org.rlhfstreams.service.configuration;

/** Where tensors live. */
public enum ComputeDevice {
  AUTO,
  CPU,
  CUDA
}
