package org.rlhfstreams.worker;

import java.time.Instant;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.worker.engine.EndedResponse;

/**
 * A response that is finished.
 *
 * @param sampleIndex which of the request's responses
 * @param asked what it answers
 */
record FinishedResponse(
    int sampleIndex, GenerationRequest asked, EndedResponse.Sampled sampled, Instant finishedAt) {}
