/**
 * Owns what became of each event. The account of a run: what was admitted against what came of it.
 * The path of one request, from its prompt to the policy that learned from it, and of what a person
 * said, from the question to the policy that followed. Reads the log and changes nothing.
 */
package org.rlhfstreams.service.lineage;
