/**
 * Owns the losses on preferences: direct preference optimisation and its relatives, odds ratios and
 * single labelled responses. A response is known by the sum of its tokens' log-probabilities; no
 * model and no Kafka here.
 */
package org.rlhfstreams.learner.objectives.preference;
