/**
 * Owns the meters that every process has: its memory and Java machine, and the topic that it reads.
 * A role's own meters are the role's.
 */
package org.rlhfstreams.service.metrics;
