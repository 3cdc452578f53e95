/**
 * Owns the way from people's files to preferences, prompts and lines: kinds of file, shapes of row,
 * the checks that a row must pass, and what is said of those that do not. Touches files alone.
 */
package org.rlhfstreams.datasets;
