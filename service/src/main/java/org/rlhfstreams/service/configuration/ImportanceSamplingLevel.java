package org.rlhfstreams.service.configuration;

/** What a probability ratio is of, without a value model. */
public enum ImportanceSamplingLevel {
  /** Of each token. */
  TOKEN,
  /** Of a whole response: the geometric mean of its tokens' ratios, as in GSPO. */
  SEQUENCE
}
