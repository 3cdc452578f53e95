/**
 * Owns synthetic people: what they like, how they judge comparisons, the comparisons that are put
 * before them, and how they answer those of a run over its HTTP API.
 */
package org.rlhfstreams.cli.annotator;
