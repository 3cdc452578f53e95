/**
 * Owns what a process knows of a log that may grow for ever: an ordered map on disk that takes the
 * same memory whatever it holds. Knows neither Kafka nor what the entries mean.
 */
package org.rlhfstreams.service.index;
