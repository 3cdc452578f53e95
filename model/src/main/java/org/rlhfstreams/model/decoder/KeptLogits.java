package org.rlhfstreams.model.decoder;

/** What the head keeps for the backward pass; the script knows each by its name. */
public enum KeptLogits implements ScriptCode {
  /** Logits are computed again. */
  NOTHING(0),
  LOGITS(1),
  /** Their place is taken by p - onehot, the negative gradient of a log-probability on them. */
  DIFFERENCES(2);

  private final int code;

  KeptLogits(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
