/**
 * Owns admission: which prompt becomes a request when, so that no rollout is staler than the bound
 * (invariant 4), and that a person may pause it. A pure function of the log.
 */
package org.rlhfstreams.topology.admission;
