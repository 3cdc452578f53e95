package org.rlhfstreams.model.decoder;

/** The entries of the settings that the optimizer's script takes; it finds each by its name. */
public enum OptimizerSetting implements ScriptCode {
  LEARNING_RATE(0),
  BETA1(1),
  BETA2(2),
  WEIGHT_DECAY(3),
  EPSILON(4);

  private final int code;

  OptimizerSetting(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
