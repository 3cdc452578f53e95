/**
 * Owns the prediction of a process's resident memory: which tensors a task holds at once, counted
 * from a model's configuration and the settings, before anything is loaded. May touch {@code
 * model.architecture}, and the types and settings of {@code model.decoder} and {@code
 * model.training}; runs nothing and reads no weights.
 */
package org.rlhfstreams.model.memory;
