/**
 * Owns completions that are asked for while the worker samples rollouts: a bounded queue, a thread,
 * and the policy's newest weights. May touch the model's completion package; knows no HTTP.
 */
package org.rlhfstreams.worker.completion;
