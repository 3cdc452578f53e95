/**
 * Owns the synthetic person: what it finds cheerful, how it judges comparisons, and the comparisons
 * that are put before it.
 */
package org.rlhfstreams.cli.annotator;
