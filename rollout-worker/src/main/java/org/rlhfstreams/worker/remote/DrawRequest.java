package org.rlhfstreams.worker.remote;

import java.time.Duration;
import java.util.Set;
import org.rlhfstreams.model.generation.Sampling;

/**
 * A response to be drawn.
 *
 * @param id that no other request has
 * @param prompt token ids, at least one
 * @param sampling at whose most tokens there is room for
 * @param stopTokens that end it
 * @param label of the weights that it is expected to begin with
 * @param longest that it may take
 */
record DrawRequest(
    String id,
    int[] prompt,
    Sampling sampling,
    Set<Integer> stopTokens,
    String label,
    Duration longest) {}
