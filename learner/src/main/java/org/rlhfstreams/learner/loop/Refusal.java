package org.rlhfstreams.learner.loop;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.schemas.DeadLetterKind;

/**
 * A record that cannot be learned from.
 *
 * @param lostRollouts rollouts that admission should release others for
 */
public record Refusal(
    ConsumerRecord<String, byte[]> record, DeadLetterKind kind, String reason, int lostRollouts) {}
