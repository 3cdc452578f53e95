package org.rlhfstreams.service.objective;

/** A model that an objective computes with beside the one that it trains. */
public enum AuxiliaryModel {
  /** What the policy is held to; its log-probabilities of rollouts come with them. */
  REFERENCE("reference"),
  /** What estimates returns; it is trained along. */
  VALUE_MODEL("value model");

  private final String text;

  AuxiliaryModel(String text) {
    this.text = text;
  }

  /** As documentation has it. */
  public String text() {
    return text;
  }
}
