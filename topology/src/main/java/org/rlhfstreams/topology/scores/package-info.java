/**
 * Owns the join of scores: a rollout goes on to the learners when every scorer that is required has
 * scored it, with all the scores that it has by then. A pure function of the log and of the time
 * that it has run.
 */
package org.rlhfstreams.topology.scores;
