/**
 * Owns sampling on an engine beside the worker: what is asked of it, the weights that it gets out
 * of the log, the proof that it computes with them, and what happens while it is not well. May
 * touch the model's files, decoder and inference, and the service module's weights and threads; not
 * Kafka.
 */
package org.rlhfstreams.worker.remote;
