/** Owns what commands read from lines beyond the data sets: rows to score, stories' openings. */
package org.rlhfstreams.cli.data;
