/**
 * Owns which rollouts become questions for people, which of them stay open, and when they close. A
 * pure function of the log: what looks like chance is a hash of ids.
 */
package org.rlhfstreams.topology.comparisons;
