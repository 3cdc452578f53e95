package org.rlhfstreams.learner.data;

import org.rlhfstreams.model.training.TokenRow;

/**
 * A response to imitate.
 *
 * @param truncatedRows 1 where the row was too long, else 0
 */
public record Demonstration(String id, TokenRow row, int truncatedRows) implements Example {}
