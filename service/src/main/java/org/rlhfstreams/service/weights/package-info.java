/**
 * Owns the broadcast of weights as records of a log: cutting a version into chunks, putting it
 * together again, refusing damage, and keeping the log short. Knows tensors by name and shape only;
 * no tensor engine.
 */
package org.rlhfstreams.service.weights;
