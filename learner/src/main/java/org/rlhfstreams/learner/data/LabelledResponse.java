package org.rlhfstreams.learner.data;

import org.rlhfstreams.model.training.TokenRow;

/**
 * A response that somebody wanted, or did not want.
 *
 * @param weight in the loss, 1 by default
 */
public record LabelledResponse(String id, TokenRow row, boolean desirable, double weight)
    implements Example {}
