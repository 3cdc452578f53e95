package org.rlhfstreams.people.desk;

import java.time.Instant;
import org.rlhfstreams.events.Comparison;

/**
 * A question that lies before somebody.
 *
 * @param swapped whether they see the comparison's second response in the first place
 * @param until when another may get it
 */
public record Lease(Comparison comparison, boolean swapped, Instant until) {}
