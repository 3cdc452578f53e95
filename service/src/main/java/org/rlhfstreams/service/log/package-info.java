/**
 * Owns reading topics by partition, without a consumer group: to an end or for ever, while broker
 * and registry come and go. May touch {@code service.kafka}, {@code service.lifecycle} and the
 * schemas module.
 */
package org.rlhfstreams.service.log;
