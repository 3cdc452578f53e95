package org.rlhfstreams.worker;

import java.time.Instant;
import java.util.List;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.model.generation.Generation;

/**
 * A response that is finished.
 *
 * @param sampleIndex which of the request's responses
 * @param segments which versions of the policy drew which tokens
 */
record FinishedResponse(
    int sampleIndex, Generation generation, List<VersionSegment> segments, Instant finishedAt) {}
