/**
 * Owns how a process talks to Kafka: clients with the settings that exactly-once needs, waiting for
 * broker and registry and asking what a role may do, refusals, dead letters, and the loop from
 * records to records. May touch {@code service.configuration}, {@code service.access} and the
 * schemas module.
 */
package org.rlhfstreams.service.kafka;
