package org.rlhfstreams.reward;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.events.Rollout;

/**
 * A rollout and the record that it came in.
 *
 * @param rollout decoded from the record's value
 */
record RolloutRecord(ConsumerRecord<String, byte[]> record, Rollout rollout) {}
