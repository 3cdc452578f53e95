/**
 * Owns the account of a run: what was admitted against what came of it. Reads the log and changes
 * nothing.
 */
package org.rlhfstreams.cli.audit;
