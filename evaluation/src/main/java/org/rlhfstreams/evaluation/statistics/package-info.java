/** Owns the arithmetic of evaluations: means, their errors and intervals. Touches numbers alone. */
package org.rlhfstreams.evaluation.statistics;
