package org.rlhfstreams.cli.annotator;

import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Judgement;

/** Whoever answers comparisons: a person at a page, or a program. */
@FunctionalInterface
public interface Annotator {
  /** The answer to a comparison. */
  Judgement judge(Comparison comparison);
}
