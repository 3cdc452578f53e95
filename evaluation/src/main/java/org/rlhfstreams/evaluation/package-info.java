/**
 * Owns the measuring of finished models: responses sampled and judged, likelihoods and scores of
 * what a file holds. Touches models and files; no broker.
 */
package org.rlhfstreams.evaluation;
