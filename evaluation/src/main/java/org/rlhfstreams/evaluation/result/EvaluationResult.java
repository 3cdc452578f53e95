package org.rlhfstreams.evaluation.result;

import java.util.List;

/** What an evaluation found; a record whose components are the fields of the JSON file. */
public interface EvaluationResult {
  /** Which evaluation it is, as its command is called. */
  String evaluation();

  /** Lines to print: aligned tables. */
  List<String> lines();

  /** A table of comma-separated values, its names first; empty if the result has none. */
  default List<String> csv() {
    return List.of();
  }

  /** What the page shows. */
  PageContent page();
}
