package org.rlhfstreams.evaluation.result;

/**
 * A pair as a model sees it.
 *
 * @param source file and row
 * @param chosen the model's measure of the preferred response
 * @param rejected the model's measure of the other
 */
public record PairMeasure(String source, double chosen, double rejected) {
  /** By how much the preferred response is ahead. */
  public double margin() {
    return chosen - rejected;
  }
}
