package org.rlhfstreams.model.decoder;

/** The rows of the settings that the sampling script takes; the script finds each by its name. */
public enum SamplingSetting implements ScriptCode {
  /** 0 takes the most likely token. */
  TEMPERATURE(0),
  /** 0 keeps all tokens. */
  TOP_K(1),
  /** 1 keeps all tokens. */
  TOP_P(2),
  /** 0 keeps all tokens. */
  MIN_P(3),
  /** 1 changes nothing. */
  REPETITION_PENALTY(4),
  /** 1 if no stop token may be drawn, else 0. */
  STOP_FORBIDDEN(5);

  private final int code;

  SamplingSetting(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
