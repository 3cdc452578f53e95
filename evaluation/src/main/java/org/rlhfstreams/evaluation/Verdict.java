package org.rlhfstreams.evaluation;

import org.rlhfstreams.evaluation.result.Outcome;

/** What a judge says of a pair: both responses' scores, and which is preferred. */
record Verdict(double modelScore, double baselineScore, Outcome outcome) {}
