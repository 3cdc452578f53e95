/**
 * Owns the ways through the log: of one request, from its prompt to the policy that learned from
 * it, and of what a person said, from the question to the policy that followed. Reads the log and
 * changes nothing.
 */
package org.rlhfstreams.cli.trace;
