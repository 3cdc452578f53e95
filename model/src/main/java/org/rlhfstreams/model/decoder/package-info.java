/**
 * Owns the decoder: its weights as tensors, the rotary tables, and the compiled forward functions.
 * May touch {@code model.files} and {@code model.torchscript}; no sampling, no training, no Kafka.
 */
package org.rlhfstreams.model.decoder;
