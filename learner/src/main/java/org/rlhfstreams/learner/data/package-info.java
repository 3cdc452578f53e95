/**
 * Owns the way from events to rows of tokens: which preferences can be trained on, how they become
 * rows, and in which order they are visited. May touch the model's tokenizer; no Kafka clients.
 */
package org.rlhfstreams.learner.data;
