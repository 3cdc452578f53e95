/**
 * Owns the exactly-once loop: records in, records out, and the place that was reached, in one
 * transaction; and where a member of a group goes on. May touch {@code service.kafka}, {@code
 * service.log}, {@code service.lifecycle}, {@code service.metrics} and the schemas module.
 */
package org.rlhfstreams.service.exchange;
