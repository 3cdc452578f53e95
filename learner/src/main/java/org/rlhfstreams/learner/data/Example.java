package org.rlhfstreams.learner.data;

import java.util.List;
import org.rlhfstreams.model.training.TokenRow;

/** Something to learn from, known by its identity in the log. */
public interface Example {
  /** The preference's or the rollout's id. */
  String id();

  /** What the model reads of it. */
  List<TokenRow> tokenRows();

  /** How many of its rows were longer than the length and had a part left out. */
  default int truncatedRows() {
    return 0;
  }
}
