/**
 * Owns the broadcast of weights as records of a log: cutting a version into chunks, putting it
 * together again, signing it, refusing damage and foreign signatures, and keeping the log short.
 * Knows tensors by name and shape only; no tensor engine.
 */
package org.rlhfstreams.service.weights;
