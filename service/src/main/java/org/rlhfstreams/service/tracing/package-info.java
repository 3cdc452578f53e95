/**
 * Owns spans: what a stage did with a record becomes one, under the trace that the record's header
 * names. Knows OpenTelemetry; nothing else of ours does.
 */
package org.rlhfstreams.service.tracing;
