/**
 * Owns the way from gradients on log-probabilities and values to new weights: passes over token
 * rows in micro-batches, gradient accumulation, clipping and AdamW. May touch {@code
 * model.decoder}; knows no objective and no Kafka.
 */
package org.rlhfstreams.model.training;
