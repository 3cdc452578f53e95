/**
 * Owns the account of a run: its history read back from the log, its figures, and the page that
 * shows them.
 */
package org.rlhfstreams.cli.report;
