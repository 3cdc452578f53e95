package org.rlhfstreams.service.configuration;

/** The number format of what AdamW remembers of each weight. */
public enum OptimizerStateType {
  FLOAT32,
  /** Half the memory; rounded at random, and the same way by a resumed run. */
  BFLOAT16
}
