package org.rlhfstreams.evaluation.result;

/** How a comparison ended for the model that is evaluated. */
public enum Outcome {
  WIN(1),
  TIE(0.5),
  LOSS(0);

  private final double points;

  Outcome(double points) {
    this.points = points;
  }

  /** What it counts in a win rate: 1, a half or 0. */
  public double points() {
    return points;
  }

  /** That of the higher score. */
  public static Outcome ofScores(double model, double baseline) {
    return model == baseline ? TIE : model > baseline ? WIN : LOSS;
  }
}
