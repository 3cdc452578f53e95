package org.rlhfstreams.learner.data;

import org.rlhfstreams.model.training.TokenRow;

/**
 * A response that somebody wanted, or did not want.
 *
 * @param weight in the loss, 1 by default
 * @param truncatedRows 1 where the row was too long, else 0
 */
public record LabelledResponse(
    String id, TokenRow row, boolean desirable, double weight, int truncatedRows)
    implements Example {}
