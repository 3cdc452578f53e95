package org.rlhfstreams.learner.data;

import java.util.List;
import org.rlhfstreams.model.training.TokenRow;

/**
 * A response that somebody wanted, or did not want.
 *
 * @param weight in the loss, 1 by default
 * @param truncatedRows 1 where the row was too long, else 0
 */
public record LabelledResponse(
    String id, TokenRow row, boolean desirable, double weight, int truncatedRows)
    implements Example {
  static final String CHOSEN = "/chosen";
  static final String REJECTED = "/rejected";

  @Override
  public List<TokenRow> tokenRows() {
    return List.of(row);
  }

  /** The preference's id: the two responses of a pair share it. */
  public String preferenceId() {
    String ending = desirable ? CHOSEN : REJECTED;
    return id.endsWith(ending) ? id.substring(0, id.length() - ending.length()) : id;
  }
}
