package org.rlhfstreams.service.objective;

/** A model that an objective computes with beside the one that it trains. */
public enum AuxiliaryModel {
  /** What the policy is held to; its log-probabilities of rollouts come with them. */
  REFERENCE,
  /** The reference where it is learned from in place of rewards. */
  TEACHER,
  /** What estimates returns; it is trained along. */
  VALUE_MODEL
}
