/**
 * Owns scoring again: one more scorer for rollouts that are in the log, and what they were rewarded
 * for before.
 */
package org.rlhfstreams.reward.rescore;
