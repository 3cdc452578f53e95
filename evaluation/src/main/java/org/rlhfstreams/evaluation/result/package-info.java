/**
 * Owns what an evaluation found and how it is told: as a table, as JSON and as a page. Measures
 * nothing.
 */
package org.rlhfstreams.evaluation.result;
