/**
 * Owns what puts synthetic people to work: the comparisons that are put before them, and how they
 * answer those of a run over its HTTP API.
 */
package org.rlhfstreams.cli.annotator;
