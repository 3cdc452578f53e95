/**
 * The seam between a request and its responses: whatever draws tokens for rollouts, be it the
 * decoder of this process or a server beside it, is a {@link
 * org.rlhfstreams.worker.engine.SamplingEngine}.
 */
package org.rlhfstreams.worker.engine;
