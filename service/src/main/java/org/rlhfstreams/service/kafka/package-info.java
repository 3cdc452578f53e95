/**
 * Owns how a process talks to Kafka: clients with the settings that exactly-once needs, waiting for
 * broker and registry, dead letters, and the loop from records to records. May touch {@code
 * service.configuration} and the schemas module.
 */
package org.rlhfstreams.service.kafka;
