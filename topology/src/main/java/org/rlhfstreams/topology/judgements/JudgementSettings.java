package org.rlhfstreams.topology.judgements;

import java.time.Duration;

/**
 * What judgements count by.
 *
 * @param patience event time that a judgement waits for its comparison, and that a closed
 *     comparison waits for a judgement that is on its way; at least a millisecond
 * @param weight what an annotator's choice weighs
 */
public record JudgementSettings(Duration patience, AnnotatorWeight weight) {}
