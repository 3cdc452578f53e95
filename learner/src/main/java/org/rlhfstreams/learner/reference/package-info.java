/**
 * Owns the reference policy's log-probabilities of offline data: computed once a response, kept on
 * disk under the reference's digest. May touch the model and its own directory; no Kafka.
 */
package org.rlhfstreams.learner.reference;
