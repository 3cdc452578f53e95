package org.rlhfstreams.service.access;

import java.util.Locale;

/** Who talks to the broker; each has a principal of its own there. */
public enum Role {
  /** Makes topics and publishes prompts: {@code topics create}, {@code prompts import}. */
  SETUP,
  /** Samples. */
  ROLLOUT_WORKER,
  /** Scores, hosts the topologies, and serves people the pages and the HTTP API. */
  REWARD_SERVICE,
  /** Learns, and publishes weights; {@code replay} too. */
  LEARNER,
  /** Brings in what people think: {@code preferences import}, annotation services. */
  ANNOTATOR,
  /** Looks, and changes nothing: {@code status}, {@code audit}, {@code trace}. */
  OPERATOR;

  /** As it is written: {@code rollout-worker}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return text();
  }
}
