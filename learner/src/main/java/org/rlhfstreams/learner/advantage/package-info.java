/**
 * Owns the way from scores to advantages: normalisation of scores, KL estimates, token rewards,
 * advantage estimation, whitening and the adaptive KL coefficient. Plain arithmetic on
 * [rows][tokens] arrays.
 */
package org.rlhfstreams.learner.advantage;
