/**
 * Owns the way of one request through the log, from its prompt to the policy that learned from it.
 * Reads the log and changes nothing.
 */
package org.rlhfstreams.cli.trace;
