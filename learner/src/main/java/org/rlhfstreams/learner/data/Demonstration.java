package org.rlhfstreams.learner.data;

import org.rlhfstreams.model.training.TokenRow;

/** A response to imitate. */
public record Demonstration(String id, TokenRow row) implements Example {}
