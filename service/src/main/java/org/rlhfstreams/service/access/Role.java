package org.rlhfstreams.service.access;

import java.util.Locale;

/** Who talks to the broker; each has a principal of its own there. */
public enum Role {
  /** Makes topics and publishes prompts: {@code topics create}, {@code prompts import}. */
  SETUP,
  /** Samples. */
  ROLLOUT_WORKER,
  /** Scores; {@code rescore} too. */
  REWARD_SERVICE,
  /** A program of somebody else's that scores; each has a group of its own. */
  EXTERNAL_SCORER,
  /** Hosts the topologies: admission, statistics, comparisons and judgements. */
  CONTROLLER,
  /** Serves people and applications the pages and the HTTP API. */
  PEOPLE,
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
