package org.rlhfstreams.learner.loop;

import java.time.Instant;
import java.util.Optional;
import org.rlhfstreams.schemas.TraceParent;

/**
 * The record that an example came in.
 *
 * @param id the example's
 * @param trace that the record belongs to, if to any
 * @param written when it came into the topic
 */
public record RecordOrigin(String id, Optional<TraceParent> trace, Instant written) {}
