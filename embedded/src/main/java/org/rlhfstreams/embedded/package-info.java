/**
 * Owns the Kafka broker and the schema registry that run inside a process when no cluster is named.
 * Plain Kafka and Avro; knows none of the system's topics or events.
 */
package org.rlhfstreams.embedded;
