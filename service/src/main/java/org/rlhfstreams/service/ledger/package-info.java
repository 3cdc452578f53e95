/**
 * Owns facts about many identities, each with the place where it was read: grouped by identity
 * without holding all of them in memory. Knows neither Kafka nor what the facts mean.
 */
package org.rlhfstreams.service.ledger;
