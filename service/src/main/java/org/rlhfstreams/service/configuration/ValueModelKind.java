package org.rlhfstreams.service.configuration;

/** Where values come from. */
public enum ValueModelKind {
  /** A model of its own, which starts from the reward model. */
  SEPARATE,
  /** A linear head on the policy's hidden states. */
  HEAD
}
