package org.rlhfstreams.service.configuration;

/** How the losses of tokens become one number, without a value model. */
public enum LossMean {
  /** Mean of the responses' means, as in GRPO's paper: tokens of long responses count less. */
  RESPONSE,
  /** Mean of all tokens of the mini-batch, as in DAPO and TRL's default. */
  TOKENS,
  /** Sum over responses times the longest that one may be, as in Dr. GRPO. */
  LENGTH,
  /** Mean over responses of the sum of their tokens' losses, as in LUSPO: no length is favoured. */
  SUM
}
