package org.rlhfstreams.service.configuration;

/** Which tokens of a chosen row orpo imitates. */
public enum Likelihood {
  /** Those of the response, as in the paper. */
  RESPONSE,
  /** Those of prompt and response, as in TRL. */
  ALL
}
