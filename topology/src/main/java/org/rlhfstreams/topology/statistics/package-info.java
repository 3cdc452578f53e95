/** Owns live statistics: running figures of each policy version's rollouts. */
package org.rlhfstreams.topology.statistics;
