/**
 * Owns the reward service: scores with the reward model and log-probabilities of the reference. May
 * touch the model's inference; knows no topology and no people.
 */
package org.rlhfstreams.reward;
