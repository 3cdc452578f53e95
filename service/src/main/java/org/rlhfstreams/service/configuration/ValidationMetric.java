package org.rlhfstreams.service.configuration;

import java.util.List;

/** What tells which of two evaluations is better. */
public enum ValidationMetric {
  /** The objective's loss: less is better. */
  LOSS(false, "loss", "loss"),
  /** Share of pairs whose chosen response leads. */
  ACCURACY(true, "accuracy", "rewards/accuracies"),
  /** By how much chosen responses lead. */
  MARGIN(true, "margin", "rewards/margins");

  private final boolean more;
  private final String ofScores;
  private final String ofPolicies;

  ValidationMetric(boolean more, String ofScores, String ofPolicies) {
    this.more = more;
    this.ofScores = ofScores;
    this.ofPolicies = ofPolicies;
  }

  /** What objectives call it. */
  public List<String> names() {
    return ofScores.equals(ofPolicies) ? List.of(ofScores) : List.of(ofScores, ofPolicies);
  }

  /** As users write it. */
  public String printed() {
    return ValueParser.printed(this);
  }

  /** How much better a figure is than another; negative where it is worse. */
  public double gain(double figure, double other) {
    return more ? figure - other : other - figure;
  }
}
